//! Commands and plans that run or ran: their records, and the events that tell of them.

mod begin;
mod ended;
mod logs;
mod plans;
mod read;
mod report;
mod unfinished;

use std::fmt;

use groma_api::ExecutionOrigin;
use groma_execution_types::{ExecutionRequest, ExecutionStatus};
use groma_model::Timestamp;
use serde::{Deserialize, Serialize};

pub use begin::NewRun;
pub use logs::KeptLog;
pub use unfinished::UnfinishedRun;

const LOG_KEY: &str = "runs.log_key";
const PLAN: &str = "plans.plan";
const PLAN_RESULT: &str = "plans.result";
const PLAN_STOP: &str = "plans.stop";
const ASKED: &str = "executions.asked";
const RESULT: &str = "executions.result";
const ERROR: &str = "executions.error";
const STOP: &str = "executions.stop";

/// What seals the logs of a run: wiped when dropped, shown by nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct LogKey(groma_seal::Zeroizing<[u8; 32]>);

impl LogKey {
    /// Makes a new one.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = groma_seal::Zeroizing::new([0; 32]);
        rand::RngCore::fill_bytes(&mut rand::rng(), bytes.as_mut());
        Self(bytes)
    }

    /// Returns its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads what [`Self::to_text`] wrote; `None` if it is no key.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        use base64::Engine as _;
        let bytes = groma_seal::Zeroizing::new(base64::engine::general_purpose::STANDARD.decode(text).ok()?);
        Some(Self(groma_seal::Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// Returns it in Base64 (RFC 4648).
    #[must_use]
    pub fn to_text(&self) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(self.0.as_slice())
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogKey")
    }
}

/// What was asked of an execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Asked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step_id: Option<String>,
    command: String,
    request: ExecutionRequest,
}

/// Returns the word under which a status is stored.
const fn word(status: ExecutionStatus) -> &'static str {
    match status {
        ExecutionStatus::Pending => "pending",
        ExecutionStatus::Running => "running",
        ExecutionStatus::Completed => "completed",
        ExecutionStatus::Failed => "failed",
        ExecutionStatus::Cancelled => "cancelled",
        ExecutionStatus::TimedOut => "timed_out",
        ExecutionStatus::Skipped => "skipped",
        ExecutionStatus::Lost => "lost",
    }
}

/// Reads a stored status; what no version of ours wrote counts as lost.
fn status(word: &str) -> ExecutionStatus {
    match word {
        "pending" => ExecutionStatus::Pending,
        "running" => ExecutionStatus::Running,
        "completed" => ExecutionStatus::Completed,
        "failed" => ExecutionStatus::Failed,
        "cancelled" => ExecutionStatus::Cancelled,
        "timed_out" => ExecutionStatus::TimedOut,
        "skipped" => ExecutionStatus::Skipped,
        _ => ExecutionStatus::Lost,
    }
}

const fn origin_word(origin: ExecutionOrigin) -> &'static str {
    match origin {
        ExecutionOrigin::Command => "command",
        ExecutionOrigin::Server => "server",
    }
}

fn origin(word: &str) -> ExecutionOrigin {
    if word == "server" { ExecutionOrigin::Server } else { ExecutionOrigin::Command }
}

/// Returns a moment of the engine as ours.
fn moment(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_micros(at.as_microsecond())
}

/// Returns a moment of ours as the engine's.
fn engine_moment(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_microsecond(at.micros()).ok()
}

/// Numbers of lines and bytes as they are stored.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
