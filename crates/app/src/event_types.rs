//! Event types that plugins declare, and the events that they publish.

use async_trait::async_trait;
use groma_api::{
    ApiError, EventTypeInfo, EventTypeList, EventTypeOperations, EventTypeRequest, PublishRequest, Published,
};

use crate::backend::Caller;

#[async_trait]
impl EventTypeOperations for Caller {
    async fn event_type_register(&self, _request: EventTypeRequest) -> Result<EventTypeInfo, ApiError> {
        self.allow("event_type_register")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn event_type_list(&self) -> Result<EventTypeList, ApiError> {
        self.allow("event_type_list")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn event_type_schema(&self, _name: String) -> Result<serde_json::Value, ApiError> {
        self.allow("event_type_schema")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn event_publish(&self, _request: PublishRequest) -> Result<Published, ApiError> {
        self.allow("event_publish")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }
}
