//! Things of every domain.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use groma_api::{CoverageQuery, ExportQuery, ResourceHistoryQuery, ResourceQuery};

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn resource_list(call: Call) -> Answer {
    let query: ResourceQuery = call.query()?;
    let data = call.backend()?.resource_list(query).await?;
    Ok(reply(&call, format!("{} of {} resources", data.resources.len(), data.total), data))
}

pub(super) async fn resource_get(call: Call) -> Answer {
    call.no_query()?;
    let id = call.text("id")?;
    let data = call.backend()?.resource_get(id).await?;
    Ok(reply(&call, "Resource", data))
}

pub(super) async fn resource_history(call: Call) -> Answer {
    let id = call.text("id")?;
    let query: ResourceHistoryQuery = call.query()?;
    let data = call.backend()?.resource_history(id, query).await?;
    Ok(reply(&call, format!("{} changes", data.changes.len()), data))
}

pub(super) async fn resource_relations(call: Call) -> Answer {
    call.no_query()?;
    let id = call.text("id")?;
    let data = call.backend()?.resource_relations(id).await?;
    Ok(reply(&call, format!("{} relations", data.relations.len()), data))
}

/// What goes wrong on the way breaks the answer off, so that a part is never taken for the whole.
pub(super) async fn resource_export(call: Call) -> Answer {
    let query: ExportQuery = call.query()?;
    let kind = query.format.unwrap_or_default().content_type();
    let text = call.backend()?.resource_export(query).await?;
    let mut response = Response::new(Body::from_stream(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}

pub(super) async fn account_resources(call: Call) -> Answer {
    let account = call.text("account_id")?;
    let query: ResourceQuery = call.query()?;
    let data = call.backend()?.account_resources(account, query).await?;
    Ok(reply(&call, format!("{} of {} resources", data.resources.len(), data.total), data))
}

pub(super) async fn coverage_list(call: Call) -> Answer {
    let query: CoverageQuery = call.query()?;
    let data = call.backend()?.coverage_list(query).await?;
    Ok(reply(&call, format!("{} slices", data.slices.len()), data))
}
