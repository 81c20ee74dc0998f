//! What a process that runs commands by itself tells the holder of the data folder.
//!
//! `groma exec` runs in the caller's process. It asks for a place and a key for the log, writes the log itself, and
//! reports how far it is; the holder stores that, tells it as events, and reads the log for those who ask.

use std::fmt;

use async_trait::async_trait;
use groma_execution_types::{ExecutionEvent, ExecutionPlan, ExecutionRequest, ExecutionResult, PlanResult};
use groma_model::ExecutionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ApiError;

/// Body of `POST /v1/runs`: what is about to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// The plan, with its id; absent if it is a single command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<ExecutionPlan>,
    /// The command, or every step of the plan.
    pub executions: Vec<RunExecution>,
}

/// A command that is about to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunExecution {
    /// Its id.
    pub id: ExecutionId,
    /// Which step of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<String>,
    /// What runs, for people; secrets are left out.
    pub command: String,
    /// What was asked for; values of secrets are left out.
    pub request: ExecutionRequest,
}

/// Data of `POST /v1/runs`: where and how to keep the log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunGrant {
    /// The folder for logs.
    pub log_dir: String,
    /// What they are sealed with: 32 bytes in Base64 (RFC 4648).
    pub log_key: String,
}

impl fmt::Debug for RunGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunGrant").field("log_dir", &self.log_dir).finish_non_exhaustive()
    }
}

/// Body of `POST /v1/runs/{id}/report`: what happened since the report before. Telling the same again changes nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunReport {
    /// In order; lines of output are not among them, only `output_advanced`.
    #[serde(default)]
    pub events: Vec<ExecutionEvent>,
    /// Of executions that ended: everything.
    #[serde(default)]
    pub results: Vec<ExecutionResult>,
    /// Of a plan that ended, or goes on: everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanResult>,
}

/// Data of `POST /v1/runs/{id}/report`: what is wanted of the process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunStanding {
    /// What somebody wants to be stopped.
    pub cancel: Vec<RunCancel>,
}

/// A wish to stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunCancel {
    /// The execution or plan.
    pub id: Uuid,
    /// Why, for people.
    pub reason: String,
}

/// What a process that runs commands by itself tells. For the owner of the data folder alone, on this machine.
#[async_trait]
pub trait RunOperations {
    /// Notes what is about to run and says where its log goes.
    async fn run_begin(&self, request: RunRequest) -> Result<RunGrant, ApiError>;
    /// Notes what happened in the run: `id` is that of the plan, or of the single execution.
    async fn run_report(&self, id: ExecutionId, report: RunReport) -> Result<RunStanding, ApiError>;
}
