//! `groma plan cancel`.

use clap::Args;
use groma_api::StopRequest;

use super::PlanName;
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
    #[arg(long, default_value = "cancelled on the command line", hide_default_value = true)]
    reason: String,
}

impl Cancel {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let Self { plan: name, reason } = self;
        let request = StopRequest { reason: Some(reason) };
        let plan = cx
            .change(async |backend| {
                let id = name.id(&*backend).await?;
                backend.plan_cancel(id, request).await
            })
            .await?;
        super::print(cx, &plan)?;
        if !plan.summary.status.is_terminal() {
            say(format!("it has not ended yet; look again with: groma plan show {}", plan.summary.id));
        }
        Ok(())
    }
}
