//! Whether a plan is well formed.

use std::collections::{HashMap, HashSet};

use groma_execution_types::{ExecutionPlan, Retry, Secret, Stdin, Step, Strategy, ValidationError};

use super::graph::Graph;
use super::places;
use super::reference::{self, Part};
use crate::{ExecutionError, resolve};

/// Steps that a plan has at most.
const STEPS_MAX: usize = 100_000;
/// Characters of a step's id.
const ID_MAX: usize = 100;
/// Attempts of a step.
const ATTEMPTS_MAX: u32 = 100;
/// A day: who waits longer between attempts has forgotten why.
const DELAY_MAX_MS: u64 = 24 * 3600 * 1000;
/// Ten years: longer is a mistake.
const TIMEOUT_MAX_MS: u64 = 3660 * 24 * 3600 * 1000;
/// How often a plan is looked into for what comes before what, over all references: far more than any sensible plan
/// needs, and over in a second.
const LOOKS_MAX: usize = 50_000_000;

/// A plan that is well formed.
#[derive(Debug, Clone)]
pub(crate) struct CheckedPlan {
    pub(super) plan: ExecutionPlan,
    pub(super) graph: Graph,
}

impl CheckedPlan {
    /// Checks a plan as [`form`] does, and that each step could start as things are. What is not there yet may be made
    /// by an earlier step; it is looked for again when its turn comes.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub(crate) fn new(plan: ExecutionPlan, has_keychain: bool) -> Result<Self, ExecutionError> {
        let checked = Self::of_form(plan)?;
        refuse_shown(&checked.plan)?;
        for (at, step) in checked.plan.steps.iter().enumerate() {
            match resolve::check(&step.request, has_keychain) {
                Err(ExecutionError::Invalid(error)) if error.is_absent() && checked.has_before(at) => {}
                Err(ExecutionError::Invalid(error)) => return Err(error.within(&request_field(at)).into()),
                other => other?,
            }
        }
        Ok(checked)
    }

    /// Checks a plan as [`form`] does and no further.
    ///
    /// # Errors
    /// As [`form`].
    pub(crate) fn of_form(plan: ExecutionPlan) -> Result<Self, ValidationError> {
        let graph = form(&plan)?;
        Ok(Self { plan, graph })
    }

    /// Returns the plan.
    pub(crate) const fn plan(&self) -> &ExecutionPlan {
        &self.plan
    }

    fn has_before(&self, at: usize) -> bool {
        match self.plan.strategy {
            Strategy::Serial { .. } => at > 0,
            Strategy::Parallel { .. } => false,
            Strategy::DependencyGraph { .. } => !self.graph.before[at].is_empty(),
        }
    }
}

/// Refuses a plan that shows a secret of one of its steps beside them: in its name or its metadata.
fn refuse_shown(plan: &ExecutionPlan) -> Result<(), ValidationError> {
    let name = plan.name.as_deref().unwrap_or_default();
    let metadata = serde_json::to_string(&plan.metadata).unwrap_or_default();
    let secrets = plan.steps.iter().enumerate().flat_map(|(at, step)| {
        step.request.secrets.iter().map(move |(variable, secret)| (at, variable, secret))
    });
    for (at, variable, secret) in secrets {
        let value = match secret {
            Secret::Value(value) => value.clone(),
            Secret::Env(name) => std::env::var(name).unwrap_or_default(),
            Secret::Keychain(_) => continue,
        };
        let value = value.trim();
        let field =
            [("name", name), ("metadata", &metadata)].into_iter().find(|(_, text)| text.contains(value));
        if let Some((field, _)) = field.filter(|_| value.len() >= Secret::BYTES_MIN) {
            let detail = format!(
                "contains the value of `{}.secrets.{variable}`, where others can see it",
                request_field(at)
            );
            return Err(ValidationError::new(field, detail));
        }
    }
    Ok(())
}

/// Names the request of a step.
pub(super) fn request_field(at: usize) -> String {
    format!("steps[{at}].request")
}

/// Checks the form of a plan and of every request in it, and returns its graph.
///
/// # Errors
/// The first field that is wrong, and what is wrong with it.
pub(super) fn form(plan: &ExecutionPlan) -> Result<Graph, ValidationError> {
    if plan.steps.is_empty() {
        return Err(ValidationError::new("steps", "is empty; a plan has at least one step"));
    }
    if plan.steps.len() > STEPS_MAX {
        let detail = format!("has {} steps, and a plan has at most {STEPS_MAX}", plan.steps.len());
        return Err(ValidationError::new("steps", detail));
    }
    if plan.total_timeout_ms.is_some_and(|limit| limit > TIMEOUT_MAX_MS) {
        return Err(ValidationError::new("total_timeout_ms", "is more than ten years"));
    }
    let (Strategy::Parallel { max_concurrency } | Strategy::DependencyGraph { max_concurrency }) =
        plan.strategy
    else {
        return steps(plan);
    };
    if max_concurrency == 0 {
        return Err(ValidationError::new("strategy.max_concurrency", "is 0; at least one step has to run"));
    }
    steps(plan)
}

fn steps(plan: &ExecutionPlan) -> Result<Graph, ValidationError> {
    let mut numbers: HashMap<&str, usize> = HashMap::with_capacity(plan.steps.len());
    let mut executions = HashSet::new();
    for (at, step) in plan.steps.iter().enumerate() {
        let field = |name: &str| format!("steps[{at}].{name}");
        id(&field("id"), &step.id)?;
        if let Some(first) = numbers.insert(&step.id, at) {
            let detail =
                format!("is `{}`, as is that of steps[{first}]; every step has an id of its own", step.id);
            return Err(ValidationError::new(field("id"), detail));
        }
        if let Some(id) = step.request.id
            && !executions.insert(id)
        {
            return Err(ValidationError::new(field("request.id"), "is that of an earlier step"));
        }
        if !step.depends_on.is_empty() && !matches!(plan.strategy, Strategy::DependencyGraph { .. }) {
            let detail = "is for the strategy `dependency_graph`; choose that, or leave it out";
            return Err(ValidationError::new(field("depends_on"), detail));
        }
        if let Some(policy) = &step.retry {
            retry(step, policy).map_err(|error| error.within(&field("retry")))?;
        }
        step.request.validate().map_err(|error| error.within(&request_field(at)))?;
        if step.request.stdin == Stdin::Inherit {
            let detail =
                "is the caller's own, which steps of a plan do not have; give `text`, `bytes` or a `file`";
            return Err(ValidationError::new("stdin", detail).within(&request_field(at)));
        }
        if let Some((name, instead)) = places::refused(&step.request) {
            let detail = format!("has the output of a step, which is never put there; {instead}");
            return Err(ValidationError::new(name, detail).within(&request_field(at)));
        }
    }
    let graph = Graph::of(&plan.steps, &numbers)?;
    references(plan, &graph, &numbers)?;
    Ok(graph)
}

fn id(field: &str, id: &str) -> Result<(), ValidationError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !id.is_empty() && id.len() <= ID_MAX && id.bytes().all(fits) {
        return Ok(());
    }
    let shown: String = id.chars().take(ID_MAX).collect();
    let detail =
        format!("is `{}`; ids are 1 to {ID_MAX} letters (a–z), digits, `-` and `_`", shown.escape_debug());
    Err(ValidationError::new(field, detail))
}

fn retry(step: &Step, retry: &Retry) -> Result<(), ValidationError> {
    let fault = |field, detail: String| Err(ValidationError::new(field, detail));
    if !step.idempotent {
        let detail =
            format!("needs `idempotent: true`: say that step `{}` may be done more than once", step.id);
        return fault("max_attempts", detail);
    }
    if !(1..=ATTEMPTS_MAX).contains(&retry.max_attempts) {
        return fault("max_attempts", format!("is {}, and may be 1 to {ATTEMPTS_MAX}", retry.max_attempts));
    }
    if !(1.0..=10.0).contains(&retry.multiplier) {
        return fault("multiplier", format!("is {}, and may be 1 to 10", retry.multiplier));
    }
    for (field, delay) in [("initial_delay_ms", retry.initial_delay_ms), ("max_delay_ms", retry.max_delay_ms)]
    {
        if delay > DELAY_MAX_MS {
            return fault(field, format!("is {delay}, more than a day"));
        }
    }
    if retry.initial_delay_ms > retry.max_delay_ms {
        return fault("initial_delay_ms", format!("is more than `max_delay_ms` ({})", retry.max_delay_ms));
    }
    Ok(())
}

/// Checks that every output a step uses is sure to be there when it begins.
fn references(
    plan: &ExecutionPlan,
    graph: &Graph,
    numbers: &HashMap<&str, usize>,
) -> Result<(), ValidationError> {
    let mut budget = LOOKS_MAX;
    for (at, step) in plan.steps.iter().enumerate() {
        for (place, text) in places::allowed(&step.request) {
            let fault =
                |detail: String| ValidationError::new(place.to_string(), detail).within(&request_field(at));
            for part in reference::parse(text).map_err(&fault)?.unwrap_or_default() {
                let Part::Output(output) = part else { continue };
                let Some(&used) = numbers.get(output.step.as_str()) else {
                    return Err(fault(format!(
                        "uses the output of `{}`, and there is no such step",
                        output.step
                    )));
                };
                let why_not = match plan.strategy {
                    Strategy::Serial { .. } if used < at => continue,
                    Strategy::Serial { .. } => "which does not come before it",
                    Strategy::Parallel { .. } => "and parallel steps do not wait for each other",
                    Strategy::DependencyGraph { .. } => match graph.comes_before(used, at, &mut budget) {
                        Some(true) => continue,
                        Some(false) => "on which it does not depend; name that in `depends_on`",
                        None => {
                            "and whether it depends on it takes too long to find out; name that in `depends_on`"
                        }
                    },
                };
                return Err(fault(format!("uses the output of `{}`, {why_not}", output.step)));
            }
        }
    }
    Ok(())
}
