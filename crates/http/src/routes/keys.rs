//! The keys of the data folder.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use groma_api::{KeyRotation, SlotRemoval, SlotRequest};
use groma_model::SlotId;

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn key_status(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.key_status().await?;
    Ok(reply(&call, "Key status", data))
}

pub(super) async fn key_slot_add(mut call: Call) -> Answer {
    call.no_query()?;
    let request: SlotRequest = call.json().await?;
    let data = call.backend()?.key_slot_add(request).await?;
    Ok(reply(&call, "Key slot", data))
}

pub(super) async fn key_slot_remove(call: Call) -> Answer {
    let removal: SlotRemoval = call.query()?;
    let id: SlotId = call.id("id")?;
    call.backend()?.key_slot_remove(id, removal).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn key_recovery(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.key_recovery().await?;
    Ok(reply(&call, "Recovery key", data))
}

pub(super) async fn key_rotate(mut call: Call) -> Answer {
    call.no_query()?;
    let rotation: KeyRotation = call.json().await?;
    let data = call.backend()?.key_rotate(rotation).await?;
    Ok(reply(&call, "Key status", data))
}
