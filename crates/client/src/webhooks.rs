//! Webhooks.

use async_trait::async_trait;
use groma_api::{
    ApiError, StartedReplay, Webhook, WebhookDelivery, WebhookDeliveryPage, WebhookDeliveryQuery,
    WebhookList, WebhookOperations, WebhookReplay, WebhookRequest, WebhookRotation, WebhookUpdate,
    WebhookWithSecret,
};
use groma_model::WebhookId;

use crate::Client;

#[async_trait]
impl WebhookOperations for Client {
    async fn webhook_create(&self, request: WebhookRequest) -> Result<WebhookWithSecret, ApiError> {
        self.request("webhook_create", &[])?.json(&request).data().await
    }

    async fn webhook_list(&self) -> Result<WebhookList, ApiError> {
        self.request("webhook_list", &[])?.data().await
    }

    async fn webhook_get(&self, id: WebhookId) -> Result<Webhook, ApiError> {
        self.request("webhook_get", &[&id])?.data().await
    }

    async fn webhook_update(&self, id: WebhookId, update: WebhookUpdate) -> Result<Webhook, ApiError> {
        self.request("webhook_update", &[&id])?.json(&update).data().await
    }

    async fn webhook_delete(&self, id: WebhookId) -> Result<(), ApiError> {
        self.request("webhook_delete", &[&id])?.done().await
    }

    async fn webhook_test(&self, id: WebhookId) -> Result<WebhookDelivery, ApiError> {
        self.request("webhook_test", &[&id])?.data().await
    }

    async fn webhook_rotate(
        &self,
        id: WebhookId,
        rotation: WebhookRotation,
    ) -> Result<WebhookWithSecret, ApiError> {
        self.request("webhook_rotate", &[&id])?.json(&rotation).data().await
    }

    async fn webhook_replay(&self, id: WebhookId, replay: WebhookReplay) -> Result<StartedReplay, ApiError> {
        self.request("webhook_replay", &[&id])?.json(&replay).data().await
    }

    async fn webhook_deliveries(
        &self,
        id: WebhookId,
        query: WebhookDeliveryQuery,
    ) -> Result<WebhookDeliveryPage, ApiError> {
        self.request("webhook_deliveries", &[&id])?.query(&query).data().await
    }
}
