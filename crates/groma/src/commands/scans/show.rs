//! `groma scans show`.

use clap::Args;
use groma_api::Scan;
use serde_json::json;

use super::ScanName;
use crate::context::Context;
use crate::duration::display_ms;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, optional};
use crate::watch::report;

/// Show one scan and what it saw
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The scan's id, or `last`
    #[arg(value_name = "ID")]
    scan: ScanName,
}

impl Show {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let (scan, hosts) = cx
            .read(async |backend| {
                let scan = self.scan.scan(&*backend).await?;
                let hosts = backend.scan_hosts(scan.id).await?.hosts;
                Ok((scan, hosts))
            })
            .await?;
        let out = cx.out();
        let document = json!({"scan": scan, "hosts": hosts});
        match out.format {
            Format::Table => {
                out.print_one(&scan, || sheet(&scan))?;
                if !hosts.is_empty() {
                    crate::output::text_line("")?;
                    out.print(&hosts, &hosts, || report::sheet(&hosts))?;
                }
                Ok(())
            }
            Format::Json => out.print_one(&document, Sheet::default),
            Format::Ndjson | Format::Csv => out.print(&hosts, &hosts, || report::sheet(&hosts)),
        }
    }
}

fn sheet(scan: &Scan) -> Sheet {
    let progress = &scan.progress;
    let summary = scan.summary.as_ref();
    Sheet::of_fields(vec![
        ("id", scan.id.to_string()),
        ("asked", super::asked(scan)),
        ("status", super::list::status(scan)),
        ("waits because", scan.pending_reason.clone().unwrap_or_default()),
        ("error", scan.error.clone().unwrap_or_default()),
        ("created", moment(scan.created_at)),
        ("started", optional(scan.started_at.map(moment))),
        ("ended", optional(scan.ended_at.map(moment))),
        ("took", display_ms(progress.elapsed_ms)),
        ("done", format!("{:.1} %", progress.percent_complete)),
        ("time left", optional(progress.estimated_remaining_ms.map(display_ms))),
        (
            "hosts",
            format!(
                "{} up, {} of {} looked at",
                progress.hosts_up, progress.hosts_scanned, progress.total_hosts
            ),
        ),
        (
            "ports",
            format!(
                "{} open, {} of {} looked at",
                progress.ports_open, progress.ports_scanned, progress.total_ports
            ),
        ),
        (
            "parts",
            format!("{} done, {} failed, {} to do", scan.units.done, scan.units.failed, scan.units.pending),
        ),
        (
            "changes",
            optional(
                summary.map(|s| format!("{} added, {} updated, {} gone", s.added, s.updated, s.deleted)),
            ),
        ),
        ("resumes", optional(scan.resumes)),
        ("takes back", optional(scan.discards)),
        ("warnings", scan.warnings.join("\n")),
    ])
}
