//! `groma plan show`.

use clap::Args;
use groma_api::PlanRun;

use super::PlanName;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, moment, optional, word};

/// Show one plan that runs or ran, and its steps
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The plan's id, or `last`
    #[arg(value_name = "ID")]
    plan: PlanName,
}

impl Show {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let name = self.plan;
        let plan = cx.read(async |backend| backend.plan_get(name.id(&*backend).await?).await).await?;
        super::print(cx, &plan)
    }
}

pub(super) fn sheet(plan: &PlanRun) -> Sheet {
    let summary = &plan.summary;
    Sheet::of_fields(vec![
        ("id", summary.id.to_string()),
        ("name", summary.name.clone().unwrap_or_default()),
        ("status", word(&summary.status).replace('_', " ")),
        ("error", summary.error.clone().unwrap_or_default()),
        ("run by", format!("{} ({})", summary.principal, word(&summary.origin))),
        ("created", moment(summary.created_at)),
        ("ended", optional(summary.completed_at.map(moment))),
        ("steps", super::list::counts(summary)),
    ])
}
