//! `groma executions cancel`.

use clap::Args;
use groma_api::{Execution, StopRequest};

use super::ExecutionName;
use crate::connection::{Connection, Purpose};
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
    #[arg(long, default_value = "on the command line", hide_default_value = true)]
    reason: String,
}

impl Cancel {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let connection = cx.connect(Purpose::Brief).await?;
        let cancelled = self.cancel(&connection).await;
        connection.close().await;
        let execution = cancelled?;
        super::print(cx, &execution)?;
        if !execution.summary.status.is_terminal() {
            let id = execution.summary.id;
            say(format!("it has not ended yet; look again with: groma executions show {id}"));
        }
        Ok(())
    }

    async fn cancel(self, connection: &Connection) -> Result<Execution, Failure> {
        let id = self.execution.id(&*connection.backend()).await?;
        let request = StopRequest { reason: Some(self.reason) };
        let asked = connection.backend().execution_cancel(id, request).await?;
        if asked.summary.status.is_terminal() {
            return Ok(asked);
        }
        connection
            .until(async |backend| {
                let now = backend.execution_get(id).await?;
                Ok((now.summary.status.is_terminal(), now))
            })
            .await
    }
}
