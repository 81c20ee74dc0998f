//! `groma scans resume`.

use clap::Args;

use super::ScanName;
use crate::commands::scan::start_and_watch;
use crate::context::Context;
use crate::failure::Failure;

/// Do what an ended scan left undone, as a new scan
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The scan's id, or `last`
    #[arg(value_name = "ID")]
    scan: ScanName,
    /// Start the scan and leave; needs a running server
    #[arg(long)]
    detach: bool,
}

impl Resume {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        start_and_watch(cx, self.detach, async |connection| {
            let backend = connection.backend();
            let id = self.scan.id(&*backend).await?;
            Ok(backend.task_resume(id).await?)
        })
        .await
    }
}
