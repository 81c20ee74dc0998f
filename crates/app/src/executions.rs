//! Commands and plans.

use async_trait::async_trait;
use groma_api::{
    ApiError, ErrorCode, Execution, ExecutionList, ExecutionOperations, ExecutionQuery, LogPage, LogQuery,
    PlanList, PlanQuery, PlanRequest, PlanRun, StartedExecution, StartedPlan, StopRequest,
};
use groma_execution_types::{ExecutionPlan, ExecutionRequest, ResolvedPlan};
use groma_model::{ExecutionId, PlanId};

use crate::backend::Caller;

#[async_trait]
impl ExecutionOperations for Caller {
    async fn execution_start(&self, _request: ExecutionRequest) -> Result<StartedExecution, ApiError> {
        self.allow("execution_start")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }

    async fn execution_list(&self, _query: ExecutionQuery) -> Result<ExecutionList, ApiError> {
        self.allow("execution_list")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }

    async fn execution_get(&self, _id: ExecutionId) -> Result<Execution, ApiError> {
        self.allow("execution_get")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }

    async fn execution_logs(&self, _id: ExecutionId, _query: LogQuery) -> Result<LogPage, ApiError> {
        self.allow("execution_logs")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }

    async fn execution_cancel(&self, _id: ExecutionId, _request: StopRequest) -> Result<Execution, ApiError> {
        self.allow("execution_cancel")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }

    async fn plan_resolve(&self, _plan: ExecutionPlan) -> Result<ResolvedPlan, ApiError> {
        self.allow("plan_resolve")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }

    async fn plan_start(&self, _request: PlanRequest) -> Result<StartedPlan, ApiError> {
        self.allow("plan_start")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }

    async fn plan_list(&self, _query: PlanQuery) -> Result<PlanList, ApiError> {
        self.allow("plan_list")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }

    async fn plan_get(&self, _id: PlanId) -> Result<PlanRun, ApiError> {
        self.allow("plan_get")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }

    async fn plan_cancel(&self, _id: PlanId, _request: StopRequest) -> Result<PlanRun, ApiError> {
        self.allow("plan_cancel")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }
}
