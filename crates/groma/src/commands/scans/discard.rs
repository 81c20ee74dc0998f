//! `groma scans discard`.

use clap::Args;
use groma_api::DiscardRequest;

use super::ScanName;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, say};

/// Take back what an ended scan changed
#[derive(Debug, Args)]
pub(crate) struct Discard {
    /// The scan's id, or `last`
    #[arg(value_name = "ID")]
    scan: ScanName,
    /// Why; kept in the audit
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl Discard {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let request = DiscardRequest { reason: self.reason };
        let started = cx
            .change(async |backend| {
                let id = self.scan.id(&*backend).await?;
                backend.task_discard(id, request).await
            })
            .await?;
        cx.out()
            .print_one(&started, || Sheet::of_fields(vec![("told by scan", started.task_id.to_string())]))?;
        say("discarded; the changes were taken back one by one, as events of that scan");
        Ok(())
    }
}
