//! What became of a command.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where an execution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExecutionStatus {
    /// It waits for its turn.
    Pending,
    /// It runs, or its end is being proven.
    Running,
    /// It ended with exit code 0.
    Completed,
    /// It ended with another code, by a signal, or could not start.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// It took too long, or was silent for too long.
    TimedOut,
    /// A step that never began, because what it depends on did not complete.
    Skipped,
    /// The process that ran it died, and nobody saw the end.
    Lost,
}

impl ExecutionStatus {
    /// Returns whether nothing follows.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }
}

/// What became of a command (document 003).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ExecutionResult {
    /// The execution.
    pub id: Uuid,
    /// Where it is.
    pub status: ExecutionStatus,
    /// What it ended with; `null` unless it ended by itself.
    #[cfg_attr(feature = "schema", schema(required))]
    pub exit_code: Option<i32>,
    /// The number of the signal that ended it.
    #[cfg_attr(feature = "schema", schema(required))]
    pub signal: Option<i32>,
    /// Standard output, decoded; of much output the beginning and the end.
    pub stdout: String,
    /// Standard error, as `stdout`.
    pub stderr: String,
    /// How long it took, such as `2.5s`.
    #[serde(with = "duration_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub duration: Duration,
    /// When it started.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime, required))]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime, required))]
    pub completed_at: Option<Timestamp>,
    /// The file with all of its output; `null` if none is kept.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, required))]
    pub log_path: Option<PathBuf>,
    /// Whether `stdout` or `stderr` is not all there was.
    pub truncated: bool,
    /// How it was seen to be gone; `null` while it runs, or if nothing ran.
    #[cfg_attr(feature = "schema", schema(required))]
    pub teardown: Option<Teardown>,
    /// Why it did not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Lines in the log.
    pub lines: u64,
    /// Bytes in the log.
    pub bytes: u64,
}

/// How it was seen that nothing of a command is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionTeardown))]
pub struct Teardown {
    /// What held its processes together.
    pub mechanism: Mechanism,
    /// Whether the end had to be forced.
    pub forced: bool,
    /// Processes that outlived the command itself and were ended with it.
    pub swept: u32,
    /// Processes that live on, in spite of everything; empty: proven gone.
    pub survivors: Vec<Survivor>,
    /// Whether something still held its output open at the end, so that more could have followed.
    pub pipes_held: bool,
}

/// What held a command's processes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionMechanism))]
#[serde(rename_all = "snake_case")]
pub enum Mechanism {
    /// A control group of its own, beside the process group.
    Cgroup,
    /// A process group, and a mark in the environment for those that leave it.
    ProcessGroup,
    /// A job object of Windows.
    JobObject,
}

/// A process that lives on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = ExecutionSurvivor))]
pub struct Survivor {
    /// Its id.
    pub pid: u32,
    /// Its name.
    pub name: String,
}

mod duration_text {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}s", duration.as_millis() as f64 / 1000.0))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(deserializer)?;
        let seconds = text.strip_suffix('s').and_then(|number| number.parse().ok());
        let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        duration.ok_or_else(|| de::Error::custom(format!("`{text}` is no duration such as `2.5s`")))
    }
}
