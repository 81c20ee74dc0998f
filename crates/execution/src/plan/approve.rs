//! What a plan would run, exactly, and whether that is still what somebody approved.

use groma_execution_types::{ExecutionPlan, ResolvedCommand, ResolvedPlan, ResolvedStep, Step, Strategy};
use serde::Serialize;

use super::check::{CheckedPlan, request_field};
use crate::{ExecutionError, SecretSource, resolve};

/// What somebody approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    /// The hash of the dry run.
    Hash(String),
    /// The dry run itself: what has changed since can be told in detail.
    Plan(Box<ResolvedPlan>),
}

impl From<&str> for Approval {
    fn from(hash: &str) -> Self {
        Self::Hash(hash.to_owned())
    }
}

impl From<&String> for Approval {
    fn from(hash: &String) -> Self {
        Self::Hash(hash.clone())
    }
}

impl From<String> for Approval {
    fn from(hash: String) -> Self {
        Self::Hash(hash)
    }
}

impl From<ResolvedPlan> for Approval {
    fn from(plan: ResolvedPlan) -> Self {
        Self::Plan(Box::new(plan))
    }
}

/// Finds out what a plan would run, and takes the hash of it.
///
/// # Errors
/// When a step could not start as things are: what an earlier step is to make cannot be approved before.
pub(crate) async fn resolve_plan(
    checked: &CheckedPlan,
    secrets: Option<&dyn SecretSource>,
) -> Result<ResolvedPlan, ExecutionError> {
    let plan = checked.plan();
    let requests = plan.steps.iter().map(|step| step.request.clone()).collect();
    let commands = resolve::dry_run_all(requests, secrets).await.map_err(|(at, error)| match error {
        ExecutionError::Invalid(error) => ExecutionError::Invalid(error.within(&request_field(at))),
        other => other,
    })?;
    Ok(of_commands(plan, commands))
}

fn of_commands(plan: &ExecutionPlan, commands: Vec<ResolvedCommand>) -> ResolvedPlan {
    let step = |(step, command): (&Step, ResolvedCommand)| ResolvedStep {
        id: step.id.clone(),
        depends_on: step.depends_on.clone(),
        max_attempts: step.retry.as_ref().filter(|_| step.idempotent).map_or(1, |retry| retry.max_attempts),
        command,
    };
    let steps = plan.steps.iter().zip(commands).map(step).collect();
    let mut resolved = ResolvedPlan { hash: String::new(), strategy: plan.strategy.clone(), steps };
    resolved.hash = hash(&resolved);
    resolved
}

/// Returns the hash of what is shown: SHA-256 over the JSON of strategy and steps.
fn hash(plan: &ResolvedPlan) -> String {
    #[derive(Serialize)]
    struct Shown<'a> {
        strategy: &'a Strategy,
        steps: &'a [ResolvedStep],
    }
    let shown = serde_json::to_vec(&Shown { strategy: &plan.strategy, steps: &plan.steps });
    resolve::sha256(&shown.unwrap_or_default())
}

/// Finds out what a plan would run now, and returns the digests of its steps if that is what was approved.
///
/// # Errors
/// When it is not, with what differs; and as [`resolve_plan`].
pub(crate) async fn approved(
    checked: &CheckedPlan,
    approval: &Approval,
    secrets: Option<&dyn SecretSource>,
) -> Result<Vec<String>, ExecutionError> {
    let now = resolve_plan(checked, secrets).await?;
    let drift = |what: String| Err(ExecutionError::Drift { what });
    match approval {
        Approval::Hash(hash) if *hash == now.hash => {}
        Approval::Hash(hash) => return drift(format!("its hash was {hash} and is now {}", now.hash)),
        Approval::Plan(then) if then.hash != hash(then) => {
            return drift("what is given as approved does not have the hash that it says".to_owned());
        }
        Approval::Plan(then) if then.hash == now.hash => {}
        Approval::Plan(then) => return drift(difference(then, &now)),
    }
    Ok(now.steps.into_iter().map(|step| step.command.digest).collect())
}

/// Checks a step again, right before it begins.
///
/// # Errors
/// When it is not what was approved, or could not start.
pub(super) async fn unchanged(
    step: &Step,
    approved: &str,
    secrets: Option<&dyn SecretSource>,
) -> Result<(), ExecutionError> {
    let now = resolve::dry_run(&step.request, secrets).await?;
    if now.digest == approved {
        return Ok(());
    }
    let what =
        format!("step `{}` would run something else than when it was approved: {}", step.id, now.display);
    Err(ExecutionError::Drift { what })
}

fn difference(then: &ResolvedPlan, now: &ResolvedPlan) -> String {
    let mut found = Vec::new();
    if then.strategy != now.strategy {
        found.push("the strategy".to_owned());
    }
    let ids = |plan: &ResolvedPlan| plan.steps.iter().map(|step| step.id.clone()).collect::<Vec<_>>();
    if ids(then) != ids(now) {
        found.push("which steps there are, or their order".to_owned());
        return found.join("; ");
    }
    for (then, now) in then.steps.iter().zip(&now.steps) {
        let parts = parts(then, now);
        if !parts.is_empty() {
            found.push(format!("step `{}`: {}", now.id, parts.join(", ")));
        }
    }
    const SHOWN: usize = 10;
    let more = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    if more > 0 {
        found.push(format!("and {more} more"));
    }
    found.join("; ")
}

fn parts(then: &ResolvedStep, now: &ResolvedStep) -> Vec<&'static str> {
    let (was, is) = (&then.command, &now.command);
    let mut parts: Vec<&str> = [
        (then.depends_on != now.depends_on, "what it depends on"),
        (then.max_attempts != now.max_attempts, "how often it is tried"),
        (was.program != is.program, "the program"),
        (was.args != is.args, "the arguments"),
        (was.working_dir != is.working_dir, "the working directory"),
        (was.env != is.env, "which environment variables there are"),
        (was.stdin != is.stdin, "what it reads"),
    ]
    .into_iter()
    .filter_map(|(differs, part)| differs.then_some(part))
    .collect();
    if parts.is_empty() && was.digest != is.digest {
        parts.push("the contents of its program, script or input, or the value of a variable");
    } else if parts.is_empty() && was != is {
        parts.push("how it is shown");
    }
    parts
}
