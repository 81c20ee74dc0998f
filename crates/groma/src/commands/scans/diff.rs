//! `groma scans diff`.

use clap::Args;
use groma_api::{ScanDiff, ScanHost};

use super::ScanName;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, say};

/// Show what one scan saw that another did not
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The later scan's id, or `last`
    #[arg(value_name = "ID")]
    scan: ScanName,
    /// The earlier scan's id
    #[arg(value_name = "OTHER")]
    other: ScanName,
}

impl Diff {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let diff = cx
            .read(async |backend| {
                let (id, other) = (self.scan.id(&*backend).await?, self.other.id(&*backend).await?);
                backend.scan_diff(id, other).await
            })
            .await?;
        let out = cx.out();
        let sheet = sheet(&diff);
        if out.format == Format::Table && sheet.is_empty() {
            say("both scans saw the same");
            return Ok(());
        }
        out.print_one(&diff, || sheet)
    }
}

fn sheet(diff: &ScanDiff) -> Sheet {
    let mut sheet = Sheet::new(&["difference", "host", "hostname", "port", "service"]);
    let mut add = |what: &str, hosts: &[ScanHost]| {
        for host in hosts {
            let about =
                [what.to_owned(), host.address.to_string(), host.hostname.clone().unwrap_or_default()];
            if host.ports.is_empty() {
                sheet.row([about.as_slice(), &[String::new(), String::new()]].concat());
            }
            for port in &host.ports {
                let number = format!("{}/{}", port.port, port.protocol.as_str());
                let service = port.service.clone().unwrap_or_default();
                sheet.row([about.as_slice(), &[number, service]].concat());
            }
        }
    };
    add("host appeared", &diff.hosts_added);
    add("host not seen", &diff.hosts_missing);
    add("port opened", &diff.ports_opened);
    add("port not seen open", &diff.ports_missing);
    sheet
}
