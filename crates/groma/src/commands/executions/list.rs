//! `groma executions list`.

use clap::{Args, ValueEnum};
use groma_api::{ExecutionQuery, ExecutionSummary};
use groma_execution_types::ExecutionStatus;
use groma_model::PlanId;

use crate::context::Context;
use crate::duration::display_ms;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, optional, say};

/// So much of a command is enough to know it by.
const COMMAND_CHARS_MAX: usize = 100;

/// List commands that run or ran, newest first
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only those that wait or run
    #[arg(long)]
    active: bool,
    /// Only those with this status
    #[arg(long, value_enum)]
    status: Option<Status>,
    /// Only steps of this plan
    #[arg(long, value_name = "ID")]
    plan: Option<PlanId>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Go on where the page before ended
    #[arg(long)]
    cursor: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Status {
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
    TimedOut,
    Skipped,
    Lost,
}

impl From<Status> for ExecutionStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Running => Self::Running,
            Status::Completed => Self::Completed,
            Status::Failed => Self::Failed,
            Status::Cancelled => Self::Cancelled,
            Status::TimedOut => Self::TimedOut,
            Status::Skipped => Self::Skipped,
            Status::Lost => Self::Lost,
        }
    }
}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let query = ExecutionQuery {
            active: self.active.then_some(true),
            status: self.status.map(ExecutionStatus::from),
            plan: self.plan,
            limit: Some(self.limit),
            cursor: self.cursor,
        };
        let list = cx.read(async |backend| backend.execution_list(query.clone()).await).await?;
        let out = cx.out();
        if out.format == Format::Table && list.executions.is_empty() {
            say("nothing has run; run something with: groma exec -- uname -a");
            return Ok(());
        }
        out.print(&list, &list.executions, || sheet(&list.executions))?;
        if let (Format::Table, Some(cursor)) = (out.format, &list.next_cursor) {
            say(format!("more with: groma executions list --cursor {cursor}"));
        }
        Ok(())
    }
}

fn sheet(executions: &[ExecutionSummary]) -> Sheet {
    let mut sheet = Sheet::new(&["id", "status", "started", "took", "lines", "step", "command"])
        .brief(6, COMMAND_CHARS_MAX);
    for execution in executions {
        sheet.row(vec![
            execution.id.to_string(),
            super::status(execution.status, execution.exit_code, execution.signal),
            optional(execution.started_at.map(moment)),
            optional(took(execution)),
            execution.lines.to_string(),
            execution.step_id.clone().unwrap_or_default(),
            execution.command.clone(),
        ]);
    }
    sheet
}

/// Returns how long it took; `None` while it runs.
pub(super) fn took(execution: &ExecutionSummary) -> Option<String> {
    let (started, completed) = (execution.started_at?, execution.completed_at?);
    Some(display_ms((completed.seconds_since(started).max(0.0) * 1000.0) as u64))
}
