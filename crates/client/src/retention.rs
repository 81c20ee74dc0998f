//! How long events are kept, who still needs them, and figures about them.

use async_trait::async_trait;
use groma_api::{
    ApiError, Consumer, ConsumerList, ConsumerRequest, EventStatistics, Retention, RetentionOperations,
    RetentionRequest, RetentionRun,
};

use crate::Client;

#[async_trait]
impl RetentionOperations for Client {
    async fn retention_get(&self) -> Result<Retention, ApiError> {
        self.request("retention_get", &[])?.data().await
    }

    async fn retention_set(&self, request: RetentionRequest) -> Result<Retention, ApiError> {
        self.request("retention_set", &[])?.json(&request).data().await
    }

    async fn retention_run(&self) -> Result<RetentionRun, ApiError> {
        self.request("retention_run", &[])?.data().await
    }

    async fn consumer_put(&self, request: ConsumerRequest) -> Result<Consumer, ApiError> {
        self.request("consumer_put", &[])?.json(&request).data().await
    }

    async fn consumer_list(&self) -> Result<ConsumerList, ApiError> {
        self.request("consumer_list", &[])?.data().await
    }

    async fn consumer_delete(&self, name: String) -> Result<(), ApiError> {
        self.request("consumer_delete", &[&name])?.done().await
    }

    async fn event_statistics(&self) -> Result<EventStatistics, ApiError> {
        self.request("event_statistics", &[])?.data().await
    }
}
