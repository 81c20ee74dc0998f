//! Commands and plans.

use async_trait::async_trait;
use groma_api::{
    ApiError, Execution, ExecutionList, ExecutionOperations, ExecutionQuery, LogPage, LogQuery, PlanList,
    PlanQuery, PlanRequest, PlanRun, StartedExecution, StartedPlan, StopRequest,
};
use groma_execution_types::{ExecutionPlan, ExecutionRequest, ResolvedPlan};
use groma_model::{ExecutionId, PlanId};

use crate::Client;

#[async_trait]
impl ExecutionOperations for Client {
    async fn execution_start(&self, request: ExecutionRequest) -> Result<StartedExecution, ApiError> {
        self.request("execution_start", &[])?.json(&request).data().await
    }

    async fn execution_list(&self, query: ExecutionQuery) -> Result<ExecutionList, ApiError> {
        self.request("execution_list", &[])?.query(&query).data().await
    }

    async fn execution_get(&self, id: ExecutionId) -> Result<Execution, ApiError> {
        self.request("execution_get", &[&id])?.data().await
    }

    async fn execution_logs(&self, id: ExecutionId, query: LogQuery) -> Result<LogPage, ApiError> {
        self.request("execution_logs", &[&id])?.query(&query).data().await
    }

    async fn execution_cancel(&self, id: ExecutionId, request: StopRequest) -> Result<Execution, ApiError> {
        self.request("execution_cancel", &[&id])?.json(&request).data().await
    }

    async fn plan_resolve(&self, plan: ExecutionPlan) -> Result<ResolvedPlan, ApiError> {
        self.request("plan_resolve", &[])?.json(&plan).data().await
    }

    async fn plan_start(&self, request: PlanRequest) -> Result<StartedPlan, ApiError> {
        self.request("plan_start", &[])?.json(&request).data().await
    }

    async fn plan_list(&self, query: PlanQuery) -> Result<PlanList, ApiError> {
        self.request("plan_list", &[])?.query(&query).data().await
    }

    async fn plan_get(&self, id: PlanId) -> Result<PlanRun, ApiError> {
        self.request("plan_get", &[&id])?.data().await
    }

    async fn plan_cancel(&self, id: PlanId, request: StopRequest) -> Result<PlanRun, ApiError> {
        self.request("plan_cancel", &[&id])?.json(&request).data().await
    }
}
