//! The pollable task of document 004, with additions only.

use std::collections::BTreeMap;

use groma_model::TaskId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ErrorCode;

/// Where a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum TaskState {
    /// Waiting in the queue.
    Pending,
    /// Running.
    Started,
    /// Ended, and its results are kept; see `partial`.
    Success,
    /// Ended without results that count; see `code`.
    Failure,
}

impl TaskState {
    /// Returns whether nothing more will happen.
    #[must_use]
    pub const fn ended(self) -> bool {
        matches!(self, Self::Success | Self::Failure)
    }

    /// Returns the word of the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Started => "STARTED",
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
        }
    }
}

/// How far a task is, in the terms of its kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// Addresses of which everything asked is known.
    pub hosts_scanned: u64,
    /// Addresses in all.
    pub total_hosts: u64,
    /// Ports of which the state is known.
    pub ports_scanned: u64,
    /// Ports to probe; shrinks by those of addresses that turn out to be down.
    pub total_ports: u64,
    /// Hosts that answered so far.
    pub hosts_up: u64,
    /// Distinct open ports so far.
    pub ports_open: u64,
    /// 0 to 100; never goes down.
    pub percent_complete: f64,
    /// Since the start, in milliseconds.
    pub elapsed_ms: u64,
    /// How much longer, in milliseconds, once it can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_remaining_ms: Option<u64>,
}

/// Data of `GET /v1/scan/task/{task_id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskStatus {
    /// The task.
    pub task_id: TaskId,
    /// Where it is.
    pub state: TaskState,
    /// What came of it, or why nothing did; null until it ends.
    #[schema(required)]
    pub result: Option<String>,
    /// Why it is a FAILURE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// Whether something that was asked is not known; once it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<bool>,
    /// How far it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// From start to end; once it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<f64>,
    /// Things found, by service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources_by_service: Option<BTreeMap<String, u64>>,
    /// Why it is PENDING.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_reason: Option<String>,
}

/// Body of `POST /v1/scan/task/{task_id}/cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// Why; told in the terminal event.
    #[serde(default)]
    pub reason: String,
    /// Whether what was found so far stays in the inventory.
    #[serde(default = "keep")]
    pub keep_partial_results: bool,
}

const fn keep() -> bool {
    true
}

impl Default for CancelRequest {
    fn default() -> Self {
        Self { reason: String::new(), keep_partial_results: true }
    }
}
