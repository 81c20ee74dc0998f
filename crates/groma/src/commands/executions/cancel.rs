//! `groma executions cancel`.

use clap::Args;
use groma_api::StopRequest;

use super::ExecutionName;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Stop a command and everything that it started
#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The execution's id, or `last`
    #[arg(value_name = "ID")]
    execution: ExecutionName,
    /// Why; told with its end
    #[arg(long, default_value = "cancelled on the command line", hide_default_value = true)]
    reason: String,
}

impl Cancel {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let Self { execution: name, reason } = self;
        let request = StopRequest { reason: Some(reason) };
        let execution = cx
            .change(async |backend| {
                let id = name.id(&*backend).await?;
                backend.execution_cancel(id, request).await
            })
            .await?;
        super::print(cx, &execution)?;
        if !execution.summary.status.is_terminal() {
            say(format!(
                "it has not ended yet; look again with: groma executions show {}",
                execution.summary.id
            ));
        }
        Ok(())
    }
}
