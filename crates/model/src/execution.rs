//! Running scripts, programs and plans: the events that tell it (document 003).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::change::EndStatus;
use crate::{ExecutionId, Payload, PlanId, Timestamp};

/// Data of `groma.execution.started`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExecutionStarted)]
pub struct Started {
    /// The execution.
    pub execution_id: ExecutionId,
    /// The plan of which it is a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<PlanId>,
    /// Which step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<String>,
    /// What runs, for people; secrets are left out.
    pub command: String,
    /// The process, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// When it started.
    pub started_at: Timestamp,
    /// What the caller gave along.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
}

/// Where a process writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ExecutionStream)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// One line that a process wrote. Made from the log; its position is `executionId` and `lineNumber`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExecutionLine)]
pub struct Line {
    /// The execution.
    pub execution_id: ExecutionId,
    /// Where it was written.
    pub stream: Stream,
    /// The text, without its end of line.
    pub line: String,
    /// Counts from 1 over both streams.
    pub line_number: u64,
    /// Whether the line goes on: it was longer than a line may be, or the process ended within it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<bool>,
    /// When it was read.
    pub timestamp: Timestamp,
}

/// Data of `groma.execution.stdout`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = ExecutionStdout)]
pub struct Stdout(pub Line);

/// Data of `groma.execution.stderr`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = ExecutionStderr)]
pub struct Stderr(pub Line);

impl From<Line> for Payload {
    /// The stream decides the type.
    fn from(line: Line) -> Self {
        match line.stream {
            Stream::Stdout => Stdout(line).into(),
            Stream::Stderr => Stderr(line).into(),
        }
    }
}

/// Data of `groma.execution.output_advanced`: the log has lines that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExecutionOutputAdvanced)]
pub struct OutputAdvanced {
    /// The execution.
    pub execution_id: ExecutionId,
    /// The first line that was not told before.
    pub first_line: u64,
    /// The last line there is.
    pub last_line: u64,
    /// How long the log is, in bytes.
    pub bytes: u64,
}

/// What is told of: an execution, or a plan as a whole. Never both, never neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WhatFields", into = "WhatFields")]
pub enum What {
    /// One execution.
    Execution(ExecutionId),
    /// A plan.
    Plan(PlanId),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WhatFields {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    execution_id: Option<ExecutionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan_id: Option<PlanId>,
}

impl TryFrom<WhatFields> for What {
    type Error = &'static str;

    fn try_from(fields: WhatFields) -> Result<Self, Self::Error> {
        match (fields.execution_id, fields.plan_id) {
            (Some(id), None) => Ok(Self::Execution(id)),
            (None, Some(id)) => Ok(Self::Plan(id)),
            _ => Err("expected exactly one of `executionId` and `planId`"),
        }
    }
}

impl From<What> for WhatFields {
    fn from(what: What) -> Self {
        match what {
            What::Execution(id) => Self { execution_id: Some(id), plan_id: None },
            What::Plan(id) => Self { execution_id: None, plan_id: Some(id) },
        }
    }
}

impl utoipa::PartialSchema for What {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::schema::one_of(&[("executionId", ExecutionId::schema()), ("planId", PlanId::schema())])
    }
}

impl ToSchema for What {
    fn name() -> std::borrow::Cow<'static, str> {
        "ExecutionOrPlan".into()
    }
}

/// Data of `groma.execution.progress`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExecutionProgress)]
pub struct Progress {
    /// What it is the progress of.
    #[serde(flatten)]
    pub what: What,
    /// Parts done.
    pub completed: u64,
    /// Parts in all.
    pub total: u64,
    /// Completed ÷ total × 100; 0 when there are none.
    pub percent_complete: f64,
    /// What is being done, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_step: Option<String>,
}

/// How an execution or a plan as a whole ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExecutionEnded)]
pub struct Ended {
    /// What ended.
    #[serde(flatten)]
    pub what: What,
    /// How; one that timed out or was lost has failed.
    pub status: EndStatus,
    /// What the process ended with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The number of the signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// Why it did not succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub completed_at: Timestamp,
}

/// Data of `groma.execution.completed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = ExecutionCompleted)]
pub struct Completed(pub Ended);

/// Data of `groma.execution.failed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = ExecutionFailed)]
pub struct Failed(pub Ended);

/// Data of `groma.execution.cancelled`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = ExecutionCancelled)]
pub struct Cancelled(pub Ended);

impl From<Ended> for Payload {
    /// The status decides the type.
    fn from(ended: Ended) -> Self {
        match ended.status {
            EndStatus::Completed => Completed(ended).into(),
            EndStatus::Failed => Failed(ended).into(),
            EndStatus::Cancelled => Cancelled(ended).into(),
        }
    }
}
