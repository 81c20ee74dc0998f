//! Plans as people write them: YAML or JSON.

use groma_execution_types::ExecutionPlan;
use serde_saphyr::budget::Budget;
use serde_saphyr::options::{AliasLimits, DuplicateKeyPolicy};

/// Bytes of a plan's text.
pub const PLAN_BYTES_MAX: usize = 4 << 20;

/// Why a text is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to read the plan{}: {detail}", at(*.line, *.column))]
pub struct PlanSyntaxError {
    /// The line, from 1; 0 if the fault has no place.
    pub line: u64,
    /// The column, from 1; 0 if the fault has no place.
    pub column: u64,
    /// What is wrong.
    pub detail: String,
}

fn at(line: u64, column: u64) -> String {
    if line == 0 { String::new() } else { format!(" at line {line}, column {column}") }
}

/// Reads a plan: JSON if it begins with `{`, else YAML (1.2). Says nothing about whether the plan makes sense, which
/// [`crate::validate_plan`] does.
///
/// # Errors
/// When the text is too long, no UTF-8, neither JSON nor YAML, or has fields that plans do not have: with its place.
pub fn read_plan(text: &[u8]) -> Result<ExecutionPlan, PlanSyntaxError> {
    if text.len() > PLAN_BYTES_MAX {
        let detail = format!("it is {} bytes, and plans are at most {PLAN_BYTES_MAX}", text.len());
        return Err(PlanSyntaxError { line: 0, column: 0, detail });
    }
    let text = std::str::from_utf8(text).map_err(|error| {
        let before = &text[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() as u64 + 1;
        PlanSyntaxError { line, column, detail: "it is no UTF-8".to_owned() }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') { json(text) } else { yaml(text) }
}

fn json(text: &str) -> Result<ExecutionPlan, PlanSyntaxError> {
    serde_json::from_str(text).map_err(|error| {
        let whole = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let detail = whole.strip_suffix(&place).unwrap_or(&whole).to_owned();
        PlanSyntaxError { line: error.line() as u64, column: error.column() as u64, detail }
    })
}

/// `serde-saphyr` is chosen because it is maintained (serde_yaml is archived, and its forks keep the parser that was
/// translated from C), has no unsafe code, and counts what aliases expand to while it reads.
fn yaml(text: &str) -> Result<ExecutionPlan, PlanSyntaxError> {
    serde_saphyr::from_str_with_options(text, limits()).map_err(|error| {
        let error = error.without_snippet();
        let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
        let whole = error.to_string();
        // The place stands at the beginning or end of some of its texts already.
        let detail = whole.lines().next().unwrap_or_default();
        let detail = detail.split(" at line ").next().unwrap_or_default().to_owned();
        PlanSyntaxError { line, column, detail }
    })
}

/// Enough for the largest plan without an alias; of aliases as many as people write and no bomb needs.
fn limits() -> serde_saphyr::Options {
    let mut budget = Budget::default();
    budget.max_events = 8_000_000;
    budget.max_nodes = 4_000_000;
    budget.max_depth = 32;
    budget.max_documents = 1;
    budget.max_aliases = 10_000;
    budget.max_anchors = 10_000;
    budget.max_total_scalar_bytes = 2 * PLAN_BYTES_MAX;
    let mut aliases = AliasLimits::default();
    aliases.max_total_replayed_events = 200_000;
    aliases.max_replay_stack_depth = 8;
    let mut options = serde_saphyr::Options::default();
    options.budget = Some(budget);
    options.alias_limits = aliases;
    options.duplicate_keys = DuplicateKeyPolicy::Error;
    // YAML 1.1 read `no` and `on` as truth values; nobody means that in a list of arguments.
    options.strict_booleans = true;
    options
}

#[cfg(test)]
mod tests;
