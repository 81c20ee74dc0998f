//! `groma scans cancel`.

use clap::Args;
use groma_api::CancelRequest;
use groma_model::TaskId;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, optional, say};

/// Stop a scan; what it found stays unless you discard it
#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The scan's id
    id: TaskId,
    /// Take back what the scan changed
    #[arg(long)]
    discard: bool,
    /// Why; told with the scan's end
    #[arg(long, default_value = "cancelled on the command line", hide_default_value = true)]
    reason: String,
}

impl Cancel {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let id = self.id;
        let request = CancelRequest { reason: self.reason, keep_partial_results: !self.discard };
        let status = cx.change(async |backend| backend.task_cancel(id, request).await).await?;
        cx.out().print_one(&status, || {
            Sheet::of_fields(vec![
                ("id", id.to_string()),
                ("state", status.state.as_str().to_owned()),
                ("result", optional(status.result.as_ref())),
            ])
        })?;
        if !self.discard {
            say(format!("go on with: groma scans resume {id}\ntake it back with: groma scans discard {id}"));
        }
        Ok(())
    }
}
