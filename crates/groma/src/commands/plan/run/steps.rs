//! Which execution is which step, and how a step is told.

use std::collections::HashMap;

use groma_execution_types::{Ended, ExecutionStatus, PlanResult, Started};
use uuid::Uuid;

use crate::commands::executions::tame;
use crate::duration::display_ms;
use crate::output::{say, word};

/// Lines of a failed step's errors that are told at the end.
const LAST_WORDS: usize = 10;

/// The steps that run, by execution.
#[derive(Debug, Default)]
pub(super) struct Steps(HashMap<Uuid, String>);

impl Steps {
    /// Takes in that something runs; returns its step, unless it is the plan itself.
    pub(super) fn started(&mut self, started: &Started) -> Option<(Uuid, String)> {
        let (id, step) = (started.execution_id?, started.step_id.clone()?);
        self.0.insert(id, step.clone());
        Some((id, step))
    }

    /// Returns the step of an execution.
    pub(super) fn name(&self, id: Uuid) -> Option<&str> {
        self.0.get(&id).map(String::as_str)
    }

    /// Takes in that something ended; returns its step, unless it is the plan itself or never ran.
    pub(super) fn ended(&mut self, ended: &Ended) -> Option<String> {
        self.0.remove(&ended.execution_id?)
    }
}

/// Returns how a step ended, in a few words.
pub(super) fn how(ended: &Ended) -> String {
    let status = word(&ended.status).replace('_', " ");
    let took = display_ms(ended.duration_ms);
    match (ended.status, ended.exit_code, &ended.error) {
        (ExecutionStatus::Completed, ..) => format!("{status} in {took}"),
        (ExecutionStatus::Failed, Some(code), _) => format!("{status} after {took}, exit code {code}"),
        (_, _, Some(error)) => {
            let why = error.strip_prefix(&format!("{status}: ")).unwrap_or(error);
            format!("{status} after {took}: {why}")
        }
        _ => format!("{status} after {took}"),
    }
}

/// Says the last lines that the step at the root of a failure wrote to its errors.
pub(super) fn tell_last_words(plan: &PlanResult) {
    let failed = |status| matches!(status, ExecutionStatus::Failed | ExecutionStatus::TimedOut);
    let Some(step) = plan.steps.iter().find(|step| failed(step.status)) else { return };
    let Some(result) = &step.result else { return };
    let text = if result.stderr.trim().is_empty() { &result.stdout } else { &result.stderr };
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.get(lines.len().saturating_sub(LAST_WORDS)..).unwrap_or_default();
    if !last.is_empty() {
        say(format!("the last lines of {} ({}):", step.id, result.id));
    }
    for line in last {
        say(format!("  {}", tame(line)));
    }
}
