//! Event types that plugins declare, and the events that they publish.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use groma_api::{EventTypeRequest, PublishRequest};

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn event_type_register(mut call: Call) -> Answer {
    call.no_query()?;
    let request: EventTypeRequest = call.json().await?;
    let data = call.backend()?.event_type_register(request).await?;
    Ok(reply(&call, "Event type info", data))
}

pub(super) async fn event_type_list(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.event_type_list().await?;
    Ok(reply(&call, "Event type list", data))
}

pub(super) async fn event_type_schema(call: Call) -> Answer {
    call.no_query()?;
    let name = call.text("name")?;
    let schema = call.backend()?.event_type_schema(name).await?;
    let mut response = Json(schema).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(call.operation.content));
    Ok(response)
}

pub(super) async fn event_publish(mut call: Call) -> Answer {
    call.no_query()?;
    let request: PublishRequest = call.json().await?;
    let data = call.backend()?.event_publish(request).await?;
    Ok(reply(&call, "Published.", data))
}
