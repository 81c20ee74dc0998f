//! Webhooks.

use async_trait::async_trait;
use groma_api::{
    ApiError, StartedReplay, Webhook, WebhookDelivery, WebhookDeliveryPage, WebhookDeliveryQuery,
    WebhookList, WebhookOperations, WebhookReplay, WebhookRequest, WebhookRotation, WebhookUpdate,
    WebhookWithSecret,
};
use groma_model::WebhookId;

use crate::backend::Caller;

#[async_trait]
impl WebhookOperations for Caller {
    async fn webhook_create(&self, _request: WebhookRequest) -> Result<WebhookWithSecret, ApiError> {
        self.allow("webhook_create")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn webhook_list(&self) -> Result<WebhookList, ApiError> {
        self.allow("webhook_list")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn webhook_get(&self, _id: WebhookId) -> Result<Webhook, ApiError> {
        self.allow("webhook_get")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn webhook_update(&self, _id: WebhookId, _update: WebhookUpdate) -> Result<Webhook, ApiError> {
        self.allow("webhook_update")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn webhook_delete(&self, _id: WebhookId) -> Result<(), ApiError> {
        self.allow("webhook_delete")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn webhook_test(&self, _id: WebhookId) -> Result<WebhookDelivery, ApiError> {
        self.allow("webhook_test")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn webhook_rotate(
        &self,
        _id: WebhookId,
        _rotation: WebhookRotation,
    ) -> Result<WebhookWithSecret, ApiError> {
        self.allow("webhook_rotate")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn webhook_replay(
        &self,
        _id: WebhookId,
        _replay: WebhookReplay,
    ) -> Result<StartedReplay, ApiError> {
        self.allow("webhook_replay")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn webhook_deliveries(
        &self,
        _id: WebhookId,
        _query: WebhookDeliveryQuery,
    ) -> Result<WebhookDeliveryPage, ApiError> {
        self.allow("webhook_deliveries")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }
}
