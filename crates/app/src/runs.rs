//! What a process that runs commands by itself tells.

use async_trait::async_trait;
use groma_api::{ApiError, ErrorCode, RunGrant, RunOperations, RunReport, RunRequest, RunStanding};
use groma_model::ExecutionId;

use crate::backend::Caller;

#[async_trait]
impl RunOperations for Caller {
    async fn run_begin(&self, _request: RunRequest) -> Result<RunGrant, ApiError> {
        self.allow("run_begin")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }

    async fn run_report(&self, _id: ExecutionId, _report: RunReport) -> Result<RunStanding, ApiError> {
        self.allow("run_report")?;
        Err(ApiError::new(ErrorCode::Unavailable, "not there yet"))
    }
}
