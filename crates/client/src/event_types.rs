//! Event types that plugins declare, and the events that they publish.

use async_trait::async_trait;
use groma_api::{
    ApiError, EventTypeInfo, EventTypeList, EventTypeOperations, EventTypeRequest, PublishRequest, Published,
};

use crate::Client;

#[async_trait]
impl EventTypeOperations for Client {
    async fn event_type_register(&self, request: EventTypeRequest) -> Result<EventTypeInfo, ApiError> {
        self.request("event_type_register", &[])?.json(&request).data().await
    }

    async fn event_type_list(&self) -> Result<EventTypeList, ApiError> {
        self.request("event_type_list", &[])?.data().await
    }

    async fn event_type_schema(&self, name: String) -> Result<serde_json::Value, ApiError> {
        self.request("event_type_schema", &[&name])?.bare().await
    }

    async fn event_publish(&self, request: PublishRequest) -> Result<Published, ApiError> {
        self.request("event_publish", &[])?.json(&request).data().await
    }
}
