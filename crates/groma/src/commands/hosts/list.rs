//! `groma hosts list`.

use clap::Args;
use groma_api::{Host, HostQuery};
use groma_model::network::PortState;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, say};

/// List hosts, most recently changed first
#[derive(Debug, Args)]
pub(crate) struct List {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Go on where the page before ended
    #[arg(long)]
    cursor: Option<String>,
}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let query = HostQuery { limit: Some(self.limit), cursor: self.cursor };
        let list = cx.read(async |backend| backend.host_list(query.clone()).await).await?;
        let out = cx.out();
        if out.format == Format::Table && list.hosts.is_empty() {
            say("no hosts yet; find some with: groma scan network 127.0.0.1");
            return Ok(());
        }
        out.print(&list, &list.hosts, || sheet(&list.hosts))?;
        if let (Format::Table, Some(cursor)) = (out.format, &list.next_cursor) {
            say(format!("more with: groma hosts list --cursor {cursor}"));
        }
        Ok(())
    }
}

fn sheet(hosts: &[Host]) -> Sheet {
    let mut sheet = Sheet::new(&["host", "hostname", "state", "open ports", "last seen", "id"]);
    for host in hosts {
        let open = host.services.iter().filter(|service| service.state == PortState::Open);
        let open: Vec<String> = open.map(|service| service.port.to_string()).collect();
        sheet.row(vec![
            host.address.to_string(),
            host.hostname.clone().unwrap_or_default(),
            host.state.clone(),
            open.join(" "),
            moment(host.last_seen),
            host.id.to_string(),
        ]);
    }
    sheet
}
