//! `groma plan`: several commands that run as one.

mod cancel;
mod list;
mod run;
mod show;

use clap::Subcommand;
use groma_api::{ApiError, Backend, ErrorCode, PlanQuery, PlanRun};
use groma_execution_types::StepResult;
use groma_model::PlanId;

use crate::context::Context;
use crate::duration::display_ms;
use crate::failure::Failure;
use crate::output::{Format, Sheet, optional, text_line, word};

/// What can be done with plans.
#[derive(Debug, Subcommand)]
pub(crate) enum Plan {
    Run(run::Run),
    List(list::List),
    Show(show::Show),
    Cancel(cancel::Cancel),
}

impl Plan {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Run(args) => args.run(cx).await,
            Self::List(args) => args.run(cx).await,
            Self::Show(args) => args.run(cx).await,
            Self::Cancel(args) => args.run(cx).await,
        }
    }
}

/// Names a plan that runs or ran: its id, or `last` for the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlanName {
    Id(PlanId),
    Last,
}

impl std::str::FromStr for PlanName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "last" => Ok(Self::Last),
            text => text.parse().map(Self::Id).map_err(|error: groma_model::IdError| error.to_string()),
        }
    }
}

impl PlanName {
    async fn id(self, backend: &dyn Backend) -> Result<PlanId, ApiError> {
        if let Self::Id(id) = self {
            return Ok(id);
        }
        let query = PlanQuery { limit: Some(1), ..PlanQuery::default() };
        let newest = backend.plan_list(query).await?.plans.into_iter().next();
        newest.map(|plan| plan.id).ok_or_else(|| {
            ApiError::new(ErrorCode::NotFound, "no plan has run yet; run one with `groma plan run FILE`")
        })
    }
}

/// Prints a plan and its steps.
fn print(cx: &Context, plan: &PlanRun) -> Result<(), Failure> {
    let out = cx.out();
    match out.format {
        Format::Table => {
            out.print_one(plan, || show::sheet(plan))?;
            text_line("")?;
            out.print(plan, &plan.result.steps, || steps(&plan.result.steps))
        }
        Format::Json => out.print_one(plan, Sheet::default),
        Format::Ndjson | Format::Csv => out.print(plan, &plan.result.steps, || steps(&plan.result.steps)),
    }
}

/// Returns what became of each step.
fn steps(steps: &[StepResult]) -> Sheet {
    let mut sheet = Sheet::new(&["step", "status", "took", "execution"]);
    for step in steps {
        let ran = step.result.as_ref().filter(|result| result.started_at.is_some());
        sheet.row(vec![
            step.id.clone(),
            status(step),
            ran.map_or_else(String::new, |result| {
                display_ms(u64::try_from(result.duration.as_millis()).unwrap_or(u64::MAX))
            }),
            step.execution_id.to_string(),
        ]);
    }
    sheet
}

/// Returns a status and why it came to it; reasons that are told on their own begin with the status already.
fn because(status: &str, why: &str) -> String {
    if why.starts_with(status) { why.to_owned() } else { format!("{status}: {why}") }
}

/// Returns how a step stands, and why.
fn status(step: &StepResult) -> String {
    let word = word(&step.status).replace('_', " ");
    let result = step.result.as_ref();
    let mut text = match (&step.root_cause, result) {
        (Some(root), _) => format!("{word}: {root} did not complete"),
        (None, Some(result)) if result.exit_code.is_some_and(|code| code != 0) => {
            format!("{word}, exit code {}", optional(result.exit_code))
        }
        (None, Some(result)) => match &result.error {
            Some(error) => because(&word, error),
            None => word,
        },
        (None, None) => word,
    };
    if let Some(attempts) = result.map(|result| result.attempts).filter(|attempts| *attempts > 1) {
        text.push_str(&format!(" ({attempts} attempts)"));
    }
    text
}
