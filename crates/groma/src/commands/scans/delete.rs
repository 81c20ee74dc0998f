//! `groma scans delete`.

use clap::Args;
use groma_model::TaskId;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Delete the record of an ended scan; what it changed stays
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The scan's id
    id: TaskId,
}

impl Delete {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        cx.change(async |backend| backend.scan_delete(self.id).await).await?;
        say(format!("deleted the record of scan {}", self.id));
        Ok(())
    }
}
