//! `groma hosts show`.

use clap::Args;
use groma_api::{Host, HostService};
use groma_model::ThingId;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, optional, text_line};

/// Show one host with its services
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The host's id
    id: ThingId,
}

impl Show {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let host = cx.read(async |backend| backend.host_get(self.id).await).await?;
        let out = cx.out();
        match out.format {
            Format::Table => {
                out.print_one(&host, || about(&host))?;
                text_line("")?;
                out.print(&host.services, &host.services, || services(&host.services))
            }
            Format::Json | Format::Ndjson => out.print_one(&host, Sheet::default),
            Format::Csv => out.print(&host.services, &host.services, || services(&host.services)),
        }
    }
}

fn about(host: &Host) -> Sheet {
    Sheet::of_fields(vec![
        ("id", host.id.to_string()),
        ("address", host.address.to_string()),
        ("hostname", host.hostname.clone().unwrap_or_default()),
        ("state", host.state.clone()),
        ("answers in", optional(host.response_time_ms.map(|ms| format!("{ms:.1} ms")))),
        ("first seen", moment(host.first_seen)),
        ("last seen", moment(host.last_seen)),
        ("last changed", moment(host.last_changed)),
        ("last scan", optional(host.scan)),
    ])
}

fn services(services: &[HostService]) -> Sheet {
    let mut sheet = Sheet::new(&["port", "state", "service", "first seen", "last seen"]);
    for service in services {
        sheet.row(vec![
            format!("{}/{}", service.port, service.protocol.as_str()),
            service.state.as_str().to_owned(),
            service.service.clone().unwrap_or_default(),
            moment(service.first_seen),
            moment(service.last_seen),
        ]);
    }
    sheet
}
