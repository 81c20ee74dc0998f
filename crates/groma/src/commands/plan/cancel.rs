//! `groma plan cancel`.

use clap::Args;
use groma_api::{PlanRun, StopRequest};

use super::PlanName;
use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Stop a plan and all its steps
#[derive(Debug, Args)]
pub(crate) struct Cancel {
    /// The plan's id, or `last`
    #[arg(value_name = "ID")]
    plan: PlanName,
    /// Why; told with its end
    #[arg(long, default_value = "on the command line", hide_default_value = true)]
    reason: String,
}

impl Cancel {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let connection = cx.connect(Purpose::Brief).await?;
        let cancelled = self.cancel(&connection).await;
        connection.close().await;
        let plan = cancelled?;
        super::print(cx, &plan)?;
        if !plan.summary.status.is_terminal() {
            say(format!("it has not ended yet; look again with: groma plan show {}", plan.summary.id));
        }
        Ok(())
    }

    async fn cancel(self, connection: &Connection) -> Result<PlanRun, Failure> {
        let id = self.plan.id(&*connection.backend()).await?;
        let request = StopRequest { reason: Some(self.reason) };
        let asked = connection.backend().plan_cancel(id, request).await?;
        if asked.summary.status.is_terminal() {
            return Ok(asked);
        }
        connection
            .until(async |backend| {
                let now = backend.plan_get(id).await?;
                Ok((now.summary.status.is_terminal(), now))
            })
            .await
    }
}
