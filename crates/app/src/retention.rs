//! How long events are kept, who still needs them, and figures about them.

use async_trait::async_trait;
use groma_api::{
    ApiError, Consumer, ConsumerList, ConsumerRequest, EventStatistics, Retention, RetentionOperations,
    RetentionRequest, RetentionRun,
};

use crate::backend::Caller;

#[async_trait]
impl RetentionOperations for Caller {
    async fn retention_get(&self) -> Result<Retention, ApiError> {
        self.allow("retention_get")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn retention_set(&self, _request: RetentionRequest) -> Result<Retention, ApiError> {
        self.allow("retention_set")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn retention_run(&self) -> Result<RetentionRun, ApiError> {
        self.allow("retention_run")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn consumer_put(&self, _request: ConsumerRequest) -> Result<Consumer, ApiError> {
        self.allow("consumer_put")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn consumer_list(&self) -> Result<ConsumerList, ApiError> {
        self.allow("consumer_list")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn consumer_delete(&self, _name: String) -> Result<(), ApiError> {
        self.allow("consumer_delete")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn event_statistics(&self) -> Result<EventStatistics, ApiError> {
        self.allow("event_statistics")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }
}
