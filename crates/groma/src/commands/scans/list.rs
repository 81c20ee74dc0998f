//! `groma scans list`.

use clap::{Args, ValueEnum};
use groma_api::{Scan, ScanQuery, ScanStatus};

use crate::context::Context;
use crate::duration::display_ms;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, say};

/// List scans, newest first
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only scans that wait or run
    #[arg(long)]
    active: bool,
    /// Only scans with this status
    #[arg(long, value_enum)]
    status: Option<Status>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
    /// Go on where the page before ended
    #[arg(long)]
    cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    Queued,
    Running,
    Completed,
    Failed,
    Cancelled,
}

impl From<Status> for ScanStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Queued => Self::Queued,
            Status::Running => Self::Running,
            Status::Completed => Self::Completed,
            Status::Failed => Self::Failed,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let query = ScanQuery {
            active: self.active.then_some(true),
            status: self.status.map(ScanStatus::from),
            limit: Some(self.limit),
            cursor: self.cursor,
        };
        let list = cx.read(async |backend| backend.scan_list(query.clone()).await).await?;
        let out = cx.out();
        if out.format == Format::Table && list.scans.is_empty() {
            say("no scans; start one with: groma scan network 127.0.0.1");
            return Ok(());
        }
        out.print(&list, &list.scans, || sheet(&list.scans))?;
        if let (Format::Table, Some(cursor)) = (out.format, &list.next_cursor) {
            say(format!("more with: groma scans list --cursor {cursor}"));
        }
        Ok(())
    }
}

fn sheet(scans: &[Scan]) -> Sheet {
    let mut sheet = Sheet::new(&["id", "status", "%", "hosts", "ports", "took", "created", "asked"]);
    for scan in scans {
        sheet.row(vec![
            scan.id.to_string(),
            status(scan),
            format!("{:.0}", scan.progress.percent_complete),
            scan.progress.hosts_up.to_string(),
            scan.progress.ports_open.to_string(),
            display_ms(scan.progress.elapsed_ms),
            moment(scan.created_at),
            super::asked(scan),
        ]);
    }
    sheet
}

/// Returns the status with what else matters about the end.
pub(super) fn status(scan: &Scan) -> String {
    let word = scan.status.as_str();
    match (scan.discarded, scan.status.ended() && scan.partial) {
        (true, _) => format!("{word}, discarded"),
        (false, true) => format!("{word}, partial"),
        (false, false) => word.to_owned(),
    }
}
