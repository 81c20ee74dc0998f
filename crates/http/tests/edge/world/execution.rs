//! Operations on commands and plans that only note that they were called; one execution has a log.

use async_trait::async_trait;
use groma_api::{
    ApiError, Execution, ExecutionList, ExecutionOperations, ExecutionQuery, LogPage, LogQuery, PlanList,
    PlanQuery, PlanRequest, PlanRun, RunGrant, RunOperations, RunReport, RunRequest, RunStanding,
    StartedExecution, StartedPlan, StopRequest,
};
use groma_execution_types::{ExecutionPlan, ExecutionRequest, ResolvedPlan};
use groma_model::{ExecutionId, PlanId};

use super::backend::FakeBackend;
use super::rest::none;

#[async_trait]
impl ExecutionOperations for FakeBackend {
    async fn execution_start(&self, request: ExecutionRequest) -> Result<StartedExecution, ApiError> {
        self.note("execution_start", (&request,));
        none()
    }

    async fn execution_list(&self, query: ExecutionQuery) -> Result<ExecutionList, ApiError> {
        self.note("execution_list", (&query,));
        none()
    }

    async fn execution_get(&self, id: ExecutionId) -> Result<Execution, ApiError> {
        self.note("execution_get", (&id,));
        none()
    }

    async fn execution_logs(&self, id: ExecutionId, query: LogQuery) -> Result<LogPage, ApiError> {
        self.note("execution_logs", (&id, &query));
        match id.uuid().is_max() {
            true => Ok(crate::executions::page(query.from_line.unwrap_or(1))),
            false => none(),
        }
    }

    async fn execution_cancel(&self, id: ExecutionId, request: StopRequest) -> Result<Execution, ApiError> {
        self.note("execution_cancel", (&id, &request));
        none()
    }

    async fn plan_resolve(&self, plan: ExecutionPlan) -> Result<ResolvedPlan, ApiError> {
        self.note("plan_resolve", (&plan,));
        none()
    }

    async fn plan_start(&self, request: PlanRequest) -> Result<StartedPlan, ApiError> {
        self.note("plan_start", (&request,));
        none()
    }

    async fn plan_list(&self, query: PlanQuery) -> Result<PlanList, ApiError> {
        self.note("plan_list", (&query,));
        none()
    }

    async fn plan_get(&self, id: PlanId) -> Result<PlanRun, ApiError> {
        self.note("plan_get", (&id,));
        none()
    }

    async fn plan_cancel(&self, id: PlanId, request: StopRequest) -> Result<PlanRun, ApiError> {
        self.note("plan_cancel", (&id, &request));
        none()
    }
}

#[async_trait]
impl RunOperations for FakeBackend {
    async fn run_begin(&self, request: RunRequest) -> Result<RunGrant, ApiError> {
        self.note("run_begin", (&request,));
        none()
    }

    async fn run_report(&self, id: ExecutionId, report: RunReport) -> Result<RunStanding, ApiError> {
        self.note("run_report", (&id, &report));
        none()
    }
}
