//! `groma plan list`.

use clap::Args;
use groma_api::{PlanQuery, PlanSummary};

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, optional, say, word};

/// So much of a name is enough to know it by.
const NAME_CHARS_MAX: usize = 100;

/// List plans that run or ran, newest first
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those that run
    #[arg(long)]
    active: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Go on where the page before ended
    #[arg(long)]
    cursor: Option<String>,
}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let query =
            PlanQuery { active: self.active.then_some(true), limit: Some(self.limit), cursor: self.cursor };
        let list = cx.read(async |backend| backend.plan_list(query.clone()).await).await?;
        let out = cx.out();
        if out.format == Format::Table && list.plans.is_empty() {
            say("no plan has run; run one with: groma plan run FILE");
            return Ok(());
        }
        out.print(&list, &list.plans, || sheet(&list.plans))?;
        if let (Format::Table, Some(cursor)) = (out.format, &list.next_cursor) {
            say(format!("more with: groma plan list --cursor {cursor}"));
        }
        Ok(())
    }
}

fn sheet(plans: &[PlanSummary]) -> Sheet {
    let mut sheet =
        Sheet::new(&["id", "status", "created", "ended", "steps", "name"]).brief(5, NAME_CHARS_MAX);
    for plan in plans {
        sheet.row(vec![
            plan.id.to_string(),
            word(&plan.status).replace('_', " "),
            moment(plan.created_at),
            optional(plan.completed_at.map(moment)),
            counts(plan),
            plan.name.clone().unwrap_or_default(),
        ]);
    }
    sheet
}

/// Returns how many steps there are and how they came out.
pub(super) fn counts(plan: &PlanSummary) -> String {
    let mut text = format!("{} of {} completed", plan.steps_completed, plan.steps);
    if plan.steps_failed > 0 {
        text.push_str(&format!(", {} not", plan.steps_failed));
    }
    text
}
