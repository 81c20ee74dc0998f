//! What is told while commands run. Field names are those of the events on the wire (camelCase).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{ExecutionStatus, Teardown};

/// What is told to an event handler.
///
/// Of one execution: `Started` first, then any number of others, then exactly one of `Completed`, `Failed` and
/// `Cancelled`, and nothing after it. A step that never began has no `Started`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ExecutionEvent {
    /// It runs.
    Started(Started),
    /// A line of standard output.
    Stdout(Line),
    /// A line of standard error.
    Stderr(Line),
    /// The log has more lines; what a handler that reads the log itself is told instead of lines.
    OutputAdvanced(OutputAdvanced),
    /// Lines that cannot be told.
    OutputGap(OutputGap),
    /// How far it is.
    Progress(Progress),
    /// It completed.
    Completed(Ended),
    /// It failed, timed out or was lost.
    Failed(Ended),
    /// It was cancelled or skipped.
    Cancelled(Ended),
}

/// It runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionStartedNotice))]
#[serde(rename_all = "camelCase")]
pub struct Started {
    /// The execution; absent if this is the plan itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<Uuid>,
    /// The plan of which it is a step, or the plan itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<Uuid>,
    /// Which step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<String>,
    /// What runs, for people; secrets are left out.
    pub command: String,
    /// The process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// When it started.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub started_at: Timestamp,
    /// What the request gave along.
    #[cfg_attr(feature = "schema", schema(value_type = std::collections::BTreeMap<String, Value>))]
    pub metadata: Map<String, Value>,
}

/// Where a process writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionOutputStream))]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// A line that a process wrote, as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionOutputLine))]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The execution.
    pub execution_id: Uuid,
    /// Where it was written.
    pub stream: Stream,
    /// The text without its end; bytes that are not UTF-8 are replaced (U+FFFD).
    pub line: String,
    /// Counts from 1 over both streams.
    pub line_number: u64,
    /// Whether the text goes on in the next line of the stream: it was too long, or waited too long for its end.
    #[serde(default, skip_serializing_if = "is_false")]
    pub partial: bool,
    /// When it was read.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub timestamp: Timestamp,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// The log has more lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionOutputAdvancedNotice))]
#[serde(rename_all = "camelCase")]
pub struct OutputAdvanced {
    /// The execution.
    pub execution_id: Uuid,
    /// The first line that was not told before.
    pub first_line: u64,
    /// The last line there is.
    pub last_line: u64,
    /// How long the log is, in bytes.
    pub bytes: u64,
}

/// Lines that cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionOutputGapNotice))]
#[serde(rename_all = "camelCase")]
pub struct OutputGap {
    /// The execution.
    pub execution_id: Uuid,
    /// The first line that is missing.
    pub first_line: u64,
    /// The last line that is missing.
    pub last_line: u64,
    /// Why: the log was at its limit, or could not be written.
    pub reason: String,
}

/// How far an execution or a plan is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionProgressNotice))]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// The execution; this or `plan_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<Uuid>,
    /// The plan; this or `execution_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<Uuid>,
    /// Parts done.
    pub completed: u64,
    /// Parts in all.
    pub total: u64,
    /// `completed` ÷ `total` × 100; 0 when there are none.
    pub percent_complete: f64,
    /// What is being done: steps that run, or the line that a program redraws (`\r`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_step: Option<String>,
}

/// How an execution or a plan ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionEndedNotice))]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// The execution; absent if this is the plan itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<Uuid>,
    /// The plan of which it is a step, or the plan itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<Uuid>,
    /// How exactly.
    pub status: ExecutionStatus,
    /// What the process ended with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The number of the signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// Why it did not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// When it started; of a step that never began, when it ended.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub started_at: Timestamp,
    /// When it ended.
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub completed_at: Timestamp,
    /// How it was seen to be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teardown: Option<Teardown>,
}

impl Ended {
    /// Returns the event that tells it: which of the three follows from the status.
    #[must_use]
    pub const fn into_event(self) -> ExecutionEvent {
        match self.status {
            ExecutionStatus::Completed => ExecutionEvent::Completed(self),
            ExecutionStatus::Cancelled | ExecutionStatus::Skipped => ExecutionEvent::Cancelled(self),
            _ => ExecutionEvent::Failed(self),
        }
    }
}
