//! Conversations and their messages.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use groma_api::{ConversationRequest, MessageQuery, MessageRequest};
use groma_model::ConversationId;

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn conversation_create(mut call: Call) -> Answer {
    call.no_query()?;
    let request: ConversationRequest = call.json().await?;
    let data = call.backend()?.conversation_create(request).await?;
    Ok(reply(&call, "Conversation begun.", data))
}

pub(super) async fn conversation_list(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.conversation_list().await?;
    Ok(reply(&call, "Conversations", data))
}

pub(super) async fn conversation_get(call: Call) -> Answer {
    call.no_query()?;
    let id: ConversationId = call.id("id")?;
    let data = call.backend()?.conversation_get(id).await?;
    Ok(reply(&call, "Conversation", data))
}

pub(super) async fn conversation_delete(call: Call) -> Answer {
    call.no_query()?;
    let id: ConversationId = call.id("id")?;
    call.backend()?.conversation_delete(id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn message_create(mut call: Call) -> Answer {
    call.no_query()?;
    let id: ConversationId = call.id("id")?;
    let request: MessageRequest = call.json().await?;
    let data = call.backend()?.message_create(id, request).await?;
    Ok(reply(&call, "Message added.", data))
}

pub(super) async fn message_list(call: Call) -> Answer {
    let id: ConversationId = call.id("id")?;
    let query: MessageQuery = call.query()?;
    let data = call.backend()?.message_list(id, query).await?;
    Ok(reply(&call, "Messages", data))
}
