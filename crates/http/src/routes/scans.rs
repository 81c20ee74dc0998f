//! Scans of any kind.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use groma_api::{ScanQuery, ScanRequest};
use groma_model::TaskId;

use super::{Answer, reply, started};
use crate::call::Call;

pub(super) async fn start(mut call: Call) -> Answer {
    call.no_query()?;
    let request: ScanRequest = call.json().await?;
    let scan = call.backend()?.scan_start(request).await?;
    Ok(started(&call, "Scan started.", &scan))
}

pub(super) async fn validate(mut call: Call) -> Answer {
    call.no_query()?;
    let request: ScanRequest = call.json().await?;
    let validation = call.backend()?.scan_validate(request).await?;
    let message = if validation.valid { "The scan would start." } else { "The scan would not start." };
    Ok(reply(&call, message, validation))
}

pub(super) async fn list(call: Call) -> Answer {
    let query: ScanQuery = call.query()?;
    let list = call.backend()?.scan_list(query).await?;
    Ok(reply(&call, format!("{} scans", list.scans.len()), list))
}

pub(super) async fn last(call: Call) -> Answer {
    call.no_query()?;
    let scan = call.backend()?.scan_last().await?;
    Ok(reply(&call, format!("Scan {}", scan.status.as_str()), scan))
}

pub(super) async fn get(call: Call) -> Answer {
    call.no_query()?;
    let id: TaskId = call.id("id")?;
    let scan = call.backend()?.scan_get(id).await?;
    Ok(reply(&call, format!("Scan {}", scan.status.as_str()), scan))
}

pub(super) async fn hosts(call: Call) -> Answer {
    call.no_query()?;
    let id: TaskId = call.id("id")?;
    let page = call.backend()?.scan_hosts(id).await?;
    Ok(reply(&call, format!("{} hosts", page.hosts.len()), page))
}

pub(super) async fn diff(call: Call) -> Answer {
    call.no_query()?;
    let id: TaskId = call.id("id")?;
    let other: TaskId = call.id("other")?;
    let diff = call.backend()?.scan_diff(id, other).await?;
    Ok(reply(&call, "What differs", diff))
}

pub(super) async fn delete(call: Call) -> Answer {
    call.no_query()?;
    let id: TaskId = call.id("id")?;
    call.backend()?.scan_delete(id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
