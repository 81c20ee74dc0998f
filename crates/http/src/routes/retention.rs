//! How long events are kept, who still needs them, and figures about them.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use groma_api::{ConsumerRequest, RetentionRequest};

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn retention_get(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.retention_get().await?;
    Ok(reply(&call, "Retention", data))
}

pub(super) async fn retention_set(mut call: Call) -> Answer {
    call.no_query()?;
    let request: RetentionRequest = call.json().await?;
    let data = call.backend()?.retention_set(request).await?;
    Ok(reply(&call, "Retention", data))
}

pub(super) async fn retention_run(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.retention_run().await?;
    Ok(reply(&call, "Retention run", data))
}

pub(super) async fn consumer_put(mut call: Call) -> Answer {
    call.no_query()?;
    let request: ConsumerRequest = call.json().await?;
    let data = call.backend()?.consumer_put(request).await?;
    Ok(reply(&call, "Consumer", data))
}

pub(super) async fn consumer_list(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.consumer_list().await?;
    Ok(reply(&call, "Consumer list", data))
}

pub(super) async fn consumer_delete(call: Call) -> Answer {
    call.no_query()?;
    let name = call.text("name")?;
    call.backend()?.consumer_delete(name).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn event_statistics(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.event_statistics().await?;
    Ok(reply(&call, "Event statistics", data))
}
