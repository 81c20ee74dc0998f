//! Webhooks.

use async_trait::async_trait;
use groma_api::{
    ApiError, ErrorCode, StartedReplay, Webhook, WebhookDelivery, WebhookDeliveryPage, WebhookDeliveryQuery,
    WebhookList, WebhookOperations, WebhookReplay, WebhookRequest, WebhookRotation, WebhookUpdate,
    WebhookWithSecret,
};
use groma_model::WebhookId;
use groma_webhook::WebhookError;

use crate::backend::Caller;

/// Turns a refusal of webhooks into one of the API.
pub(crate) fn refusal(error: WebhookError) -> ApiError {
    let code = match &error {
        WebhookError::Invalid { field, detail } => return ApiError::invalid(field, detail.clone()),
        WebhookError::NotFound(_) => ErrorCode::NotFound,
        WebhookError::Conflict(_) => ErrorCode::Conflict,
        WebhookError::Read(_) => ErrorCode::Internal,
        WebhookError::Storage(_) => ErrorCode::StorageFailed,
        WebhookError::Stopping => ErrorCode::Unavailable,
    };
    ApiError::new(code, error.to_string())
}

/// Returns the host of a URL: the rest of it may be as good as a password, so the audit does not have it.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

fn subject(id: WebhookId) -> Option<String> {
    Some(format!("webhook/{id}"))
}

#[async_trait]
impl WebhookOperations for Caller {
    async fn webhook_create(&self, request: WebhookRequest) -> Result<WebhookWithSecret, ApiError> {
        let private = if request.allow_private { ", private targets allowed" } else { "" };
        let detail = format!("to {}{private}", host(&request.url));
        let act = async { self.app.webhooks.create(request).await.map_err(refusal) };
        self.audited("webhook_create", None, detail, act).await
    }

    async fn webhook_list(&self) -> Result<WebhookList, ApiError> {
        self.allow("webhook_list")?;
        Ok(self.app.webhooks.list())
    }

    async fn webhook_get(&self, id: WebhookId) -> Result<Webhook, ApiError> {
        self.allow("webhook_get")?;
        self.app.webhooks.get(id).map_err(refusal)
    }

    async fn webhook_update(&self, id: WebhookId, update: WebhookUpdate) -> Result<Webhook, ApiError> {
        let told =
            WebhookUpdate { url: update.url.as_deref().map(|url| host(url).to_owned()), ..update.clone() };
        let detail = serde_json::to_string(&told).unwrap_or_default();
        let act = async { self.app.webhooks.update(id, update).await.map_err(refusal) };
        self.audited("webhook_update", subject(id), detail, act).await
    }

    async fn webhook_delete(&self, id: WebhookId) -> Result<(), ApiError> {
        let act = async { self.app.webhooks.delete(id).await.map_err(refusal) };
        self.audited("webhook_delete", subject(id), String::new(), act).await
    }

    async fn webhook_test(&self, id: WebhookId) -> Result<WebhookDelivery, ApiError> {
        let act = async { self.app.webhooks.test(id).await.map_err(refusal) };
        self.audited("webhook_test", subject(id), String::new(), act).await
    }

    async fn webhook_rotate(
        &self,
        id: WebhookId,
        rotation: WebhookRotation,
    ) -> Result<WebhookWithSecret, ApiError> {
        let detail = serde_json::to_string(&rotation).unwrap_or_default();
        let act = async { self.app.webhooks.rotate(id, rotation).await.map_err(refusal) };
        self.audited("webhook_rotate", subject(id), detail, act).await
    }

    async fn webhook_replay(&self, id: WebhookId, replay: WebhookReplay) -> Result<StartedReplay, ApiError> {
        let detail = serde_json::to_string(&replay).unwrap_or_default();
        let act = async { self.app.webhooks.replay(id, replay).await.map_err(refusal) };
        self.audited("webhook_replay", subject(id), detail, act).await
    }

    async fn webhook_deliveries(
        &self,
        id: WebhookId,
        query: WebhookDeliveryQuery,
    ) -> Result<WebhookDeliveryPage, ApiError> {
        self.allow("webhook_deliveries")?;
        self.app.webhooks.deliveries(id, query).await.map_err(refusal)
    }
}

#[cfg(test)]
mod tests;
