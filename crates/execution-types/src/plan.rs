//! Several commands, and what they need of each other.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{ExecutionRequest, ExecutionResult, ExecutionStatus};

/// Several commands, and how they run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExecutionPlan {
    /// Names the run; absent: a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How the steps follow each other.
    #[serde(default)]
    pub strategy: Strategy,
    /// What is done.
    pub steps: Vec<Step>,
    /// Milliseconds that the whole may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_timeout_ms: Option<u64>,
    /// Given back with the events, otherwise not looked at.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, Value>))]
    pub metadata: Map<String, Value>,
}

/// How the steps of a plan follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionStrategy))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Strategy {
    /// One after the other, in the order in which they are written.
    Serial {
        /// What follows a step that did not complete.
        #[serde(default)]
        on_error: OnError,
    },
    /// All at once, up to a bound.
    Parallel {
        /// Steps that run at once.
        max_concurrency: u32,
    },
    /// Each as soon as what it depends on has completed.
    DependencyGraph {
        /// Steps that run at once.
        max_concurrency: u32,
    },
}

impl Default for Strategy {
    fn default() -> Self {
        Self::Serial { on_error: OnError::Stop }
    }
}

/// What follows a step that did not complete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionOnError))]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// Nothing: later steps are skipped.
    #[default]
    Stop,
    /// The next step.
    Continue,
}

/// One command of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionStep))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Names it within the plan: letters, digits, `-`, `_`; at most 100.
    pub id: String,
    /// What runs. `${steps.<id>.stdout}` stands for what an earlier step wrote, without the last line feed;
    /// `${steps.<id>.stdout#/json/pointer}` (RFC 6901) for a part of it. Allowed in arguments, environment and standard
    /// input, never in a shell line or script.
    pub request: ExecutionRequest,
    /// Steps that must have completed before; with the strategy `dependency_graph` alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
    /// Whether doing it twice is as good as once; needed by `retry`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub idempotent: bool,
    /// Whether and how it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// How a step is tried again: each wait is longer than the one before by `multiplier`, with jitter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionRetry))]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Attempts in all, 1 to 100.
    pub max_attempts: u32,
    /// Milliseconds before the second attempt.
    #[serde(default = "Retry::initial_delay")]
    pub initial_delay_ms: u64,
    /// Milliseconds that no wait exceeds.
    #[serde(default = "Retry::max_delay")]
    pub max_delay_ms: u64,
    /// By what each wait is longer, 1 to 10.
    #[serde(default = "Retry::multiplier")]
    pub multiplier: f64,
}

impl Retry {
    const fn initial_delay() -> u64 {
        1000
    }

    const fn max_delay() -> u64 {
        60_000
    }

    const fn multiplier() -> f64 {
        2.0
    }
}

/// What became of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PlanResult {
    /// The run.
    pub id: Uuid,
    /// Where it is.
    pub status: ExecutionStatus,
    /// When it started.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime, required))]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime, required))]
    pub completed_at: Option<Timestamp>,
    /// Why it did not complete: the step that failed first, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Every step, in the order of the plan.
    pub steps: Vec<StepResult>,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionStepResult))]
pub struct StepResult {
    /// The step.
    pub id: String,
    /// Its execution; each attempt is part of it.
    pub execution_id: Uuid,
    /// Where it is.
    pub status: ExecutionStatus,
    /// The step whose failure is why this one was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<String>,
    /// What became of its command; absent before it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<ExecutionResult>,
}
