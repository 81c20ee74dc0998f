//! Commands and plans that run or ran, and what they wrote.

use async_trait::async_trait;
use groma_execution_types::{
    ExecutionPlan, ExecutionRequest, ExecutionResult, ExecutionStatus, Line, PlanResult, ResolvedPlan, Stream,
};
use groma_model::{ExecutionId, PlanId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiError;

/// Data of `POST /v1/executions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StartedExecution {
    /// What was started.
    pub execution_id: ExecutionId,
}

/// Which process runs a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExecutionOrigin {
    /// The command line's own (`groma exec`, `groma plan run`).
    Command,
    /// The one that holds the data folder, asked over the API.
    Server,
}

/// An execution, in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExecutionSummary {
    /// Its id.
    pub id: ExecutionId,
    /// The plan of which it is a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<PlanId>,
    /// Which step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<String>,
    /// Where it is.
    pub status: ExecutionStatus,
    /// What runs, for people; secrets are left out.
    pub command: String,
    /// Which process runs it.
    pub origin: ExecutionOrigin,
    /// Who asked for it.
    pub principal: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// What it ended with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The number of the signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// Why it did not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Lines in its log.
    pub lines: u64,
    /// Bytes in its log.
    pub bytes: u64,
    /// Whether the log is still there.
    pub log: bool,
}

/// An execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Execution {
    /// In short.
    #[serde(flatten)]
    pub summary: ExecutionSummary,
    /// What was asked for; values of secrets are left out.
    pub request: ExecutionRequest,
    /// The process, while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// What became of it, or what there is so far.
    pub result: ExecutionResult,
}

/// Query of `GET /v1/executions`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExecutionQuery {
    /// Only those that run or wait (`true`), or have ended (`false`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Only those that are so, such as `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ExecutionStatus>,
    /// Only steps of this plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanId>,
    /// At most so many (1 to 1,000); 50 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Data of `GET /v1/executions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExecutionList {
    /// Newest first.
    pub executions: Vec<ExecutionSummary>,
    /// Passed as `cursor` for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Query of `GET /v1/executions/{id}/logs`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// The first line, counted from 1; 1 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_line: Option<u64>,
    /// Instead of `from_line`: the last so many lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tail: Option<u64>,
    /// Only `stdout` or `stderr`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<Stream>,
    /// Only lines that contain this text, in any case; at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// At most so many (1 to 10,000); 1,000 unless told. Fewer come when they are long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Seconds to wait for more when there is none yet, up to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u32>,
}

/// Lines that cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogGap {
    /// The first.
    pub first_line: u64,
    /// The last.
    pub last_line: u64,
    /// Why: the log was at its limit, or could not be written.
    pub reason: String,
}

/// Data of `GET /v1/executions/{id}/logs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogPage {
    /// In order. Their fields are named as in the events `stdout` and `stderr`.
    pub lines: Vec<Line>,
    /// Where the next page begins.
    pub next_line: u64,
    /// The last line that there is now.
    pub last_line: u64,
    /// What is missing in front of or among the lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<LogGap>,
    /// Whether nothing will follow `last_line`.
    pub ended: bool,
}

/// Body of `POST /v1/executions/{id}/cancel` and `POST /v1/plans/{id}/cancel`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StopRequest {
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Body of `POST /v1/plans`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanRequest {
    /// What is done.
    pub plan: ExecutionPlan,
    /// The hash that `POST /v1/plans/resolve` showed: what would run must still be that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_hash: Option<String>,
}

/// Data of `POST /v1/plans`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StartedPlan {
    /// What was started.
    pub plan_id: PlanId,
}

/// A plan that runs or ran, in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanSummary {
    /// Its id.
    pub id: PlanId,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is.
    pub status: ExecutionStatus,
    /// Which process runs it.
    pub origin: ExecutionOrigin,
    /// Who asked for it.
    pub principal: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// Why it did not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Steps in all.
    pub steps: u64,
    /// Steps that completed.
    pub steps_completed: u64,
    /// Steps that failed, timed out, were lost, cancelled or skipped.
    pub steps_failed: u64,
}

/// A plan that runs or ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanRun {
    /// In short.
    #[serde(flatten)]
    pub summary: PlanSummary,
    /// What was asked for; values of secrets are left out.
    pub plan: ExecutionPlan,
    /// What became of it; of steps without their output.
    pub result: PlanResult,
}

/// Query of `GET /v1/plans`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlanQuery {
    /// Only those that run (`true`), or have ended (`false`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// At most so many (1 to 1,000); 50 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Data of `GET /v1/plans`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanList {
    /// Newest first.
    pub plans: Vec<PlanSummary>,
    /// Passed as `cursor` for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Commands and plans.
#[async_trait]
pub trait ExecutionOperations {
    /// Starts a command in the process that holds the data folder.
    async fn execution_start(&self, request: ExecutionRequest) -> Result<StartedExecution, ApiError>;
    /// Lists executions, newest first.
    async fn execution_list(&self, query: ExecutionQuery) -> Result<ExecutionList, ApiError>;
    /// Returns one execution.
    async fn execution_get(&self, id: ExecutionId) -> Result<Execution, ApiError>;
    /// Returns lines that an execution wrote.
    async fn execution_logs(&self, id: ExecutionId, query: LogQuery) -> Result<LogPage, ApiError>;
    /// Stops an execution; returns when it has ended, or after some seconds as it is then.
    async fn execution_cancel(&self, id: ExecutionId, request: StopRequest) -> Result<Execution, ApiError>;
    /// Says exactly what a plan would run.
    async fn plan_resolve(&self, plan: ExecutionPlan) -> Result<ResolvedPlan, ApiError>;
    /// Starts a plan in the process that holds the data folder.
    async fn plan_start(&self, request: PlanRequest) -> Result<StartedPlan, ApiError>;
    /// Lists plans, newest first.
    async fn plan_list(&self, query: PlanQuery) -> Result<PlanList, ApiError>;
    /// Returns one plan.
    async fn plan_get(&self, id: PlanId) -> Result<PlanRun, ApiError>;
    /// Stops a plan; returns when it has ended, or after some seconds as it is then.
    async fn plan_cancel(&self, id: PlanId, request: StopRequest) -> Result<PlanRun, ApiError>;
}
