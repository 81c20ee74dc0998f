//! `groma retention run`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, moment};

/// Drop now what may go, instead of within ten minutes
#[derive(Debug, Args)]
pub(crate) struct Run {}

impl Run {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let run = cx.change(async |backend| backend.retention_run().await).await?;
        cx.out().print_one(&run, || {
            let mut sheet = Sheet::new(&["at", "events", "bytes", "archived files", "forced", "ms"]);
            sheet.row(vec![
                moment(run.at),
                run.events.to_string(),
                run.bytes.to_string(),
                run.archived_files.to_string(),
                run.forced.to_string(),
                run.duration_ms.to_string(),
            ]);
            sheet
        })
    }
}
