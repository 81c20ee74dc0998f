//! What a process that runs commands by itself tells.

use async_trait::async_trait;
use groma_api::{ApiError, RunGrant, RunOperations, RunReport, RunRequest, RunStanding};
use groma_model::ExecutionId;

use crate::Client;

#[async_trait]
impl RunOperations for Client {
    async fn run_begin(&self, request: RunRequest) -> Result<RunGrant, ApiError> {
        self.request("run_begin", &[])?.json(&request).data().await
    }

    async fn run_report(&self, id: ExecutionId, report: RunReport) -> Result<RunStanding, ApiError> {
        self.request("run_report", &[&id])?.json(&report).data().await
    }
}
