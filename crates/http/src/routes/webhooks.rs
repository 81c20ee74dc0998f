//! Webhooks.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use groma_api::{WebhookDeliveryQuery, WebhookReplay, WebhookRequest, WebhookRotation, WebhookUpdate};
use groma_model::WebhookId;

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn webhook_create(mut call: Call) -> Answer {
    call.no_query()?;
    let request: WebhookRequest = call.json().await?;
    let data = call.backend()?.webhook_create(request).await?;
    Ok(reply(&call, "Webhook with secret", data))
}

pub(super) async fn webhook_list(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.webhook_list().await?;
    Ok(reply(&call, "Webhook list", data))
}

pub(super) async fn webhook_get(call: Call) -> Answer {
    call.no_query()?;
    let id: WebhookId = call.id("id")?;
    let data = call.backend()?.webhook_get(id).await?;
    Ok(reply(&call, "Webhook", data))
}

pub(super) async fn webhook_update(mut call: Call) -> Answer {
    call.no_query()?;
    let id: WebhookId = call.id("id")?;
    let update: WebhookUpdate = call.json().await?;
    let data = call.backend()?.webhook_update(id, update).await?;
    Ok(reply(&call, "Webhook", data))
}

pub(super) async fn webhook_delete(call: Call) -> Answer {
    call.no_query()?;
    let id: WebhookId = call.id("id")?;
    call.backend()?.webhook_delete(id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn webhook_test(call: Call) -> Answer {
    call.no_query()?;
    let id: WebhookId = call.id("id")?;
    let data = call.backend()?.webhook_test(id).await?;
    Ok(reply(&call, "The test was sent.", data))
}

pub(super) async fn webhook_rotate(mut call: Call) -> Answer {
    call.no_query()?;
    let id: WebhookId = call.id("id")?;
    let rotation: WebhookRotation = call.json().await?;
    let data = call.backend()?.webhook_rotate(id, rotation).await?;
    Ok(reply(&call, "Webhook with secret", data))
}

pub(super) async fn webhook_replay(mut call: Call) -> Answer {
    call.no_query()?;
    let id: WebhookId = call.id("id")?;
    let replay: WebhookReplay = call.json().await?;
    let data = call.backend()?.webhook_replay(id, replay).await?;
    Ok(reply(&call, "Replay started.", data))
}

pub(super) async fn webhook_deliveries(call: Call) -> Answer {
    let id: WebhookId = call.id("id")?;
    let query: WebhookDeliveryQuery = call.query()?;
    let data = call.backend()?.webhook_deliveries(id, query).await?;
    Ok(reply(&call, "Webhook delivery page", data))
}
