//! How Groma is.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn version(call: Call) -> Answer {
    call.no_query()?;
    let version = call.backend()?.version().await?;
    Ok(reply(&call, format!("Groma {}", version.version), version))
}

pub(super) async fn summary(call: Call) -> Answer {
    call.no_query()?;
    let summary = call.backend()?.summary().await?;
    Ok(reply(&call, "Summary", summary))
}

pub(super) async fn metrics(call: Call) -> Answer {
    call.no_query()?;
    let mut response = call.backend()?.metrics().await?.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(call.operation.content));
    Ok(response)
}

/// Whether the process answers: it does.
pub(super) async fn livez(call: Call) -> Answer {
    Ok(Json(call.edge.gate.health()).into_response())
}

/// Whether Groma can do its work.
pub(super) async fn readyz(call: Call) -> Answer {
    let health = call.edge.gate.health();
    let status = if health.status == "ok" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let response: Response = (status, Json(health)).into_response();
    Ok(response)
}
