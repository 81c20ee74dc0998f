//! The pollable task of document 004.

use std::time::Duration;

use axum::http::{HeaderValue, header};
use groma_api::{CancelRequest, DiscardRequest, TaskStatus};
use groma_model::TaskId;
use serde::Deserialize;

use super::{Answer, reply, started};
use crate::call::Call;

/// The longest a poll waits; longer wishes are cut, so that proxies don't cut the connection instead.
const WAIT_SECONDS_MAX: u32 = 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitQuery {
    wait: Option<u32>,
}

pub(super) async fn get(call: Call) -> Answer {
    let query: WaitQuery = call.query()?;
    let id: TaskId = call.id("task_id")?;
    let wait = query.wait.filter(|seconds| *seconds > 0).map(|seconds| seconds.min(WAIT_SECONDS_MAX));
    let wait = wait.map(|seconds| Duration::from_secs(seconds.into()));
    let backend = call.backend()?;
    let status = if wait.is_some() {
        // A server that stops answers with where the task is now.
        tokio::select! {
            status = backend.task_get(id, wait) => status?,
            () = call.edge.stopping() => backend.task_get(id, None).await?,
        }
    } else {
        backend.task_get(id, None).await?
    };
    Ok(told(&call, status))
}

pub(super) async fn cancel(mut call: Call) -> Answer {
    call.no_query()?;
    let id: TaskId = call.id("task_id")?;
    let request: CancelRequest = call.json().await?;
    let status = call.backend()?.task_cancel(id, request).await?;
    Ok(told(&call, status))
}

pub(super) async fn discard(mut call: Call) -> Answer {
    call.no_query()?;
    let id: TaskId = call.id("task_id")?;
    let request: DiscardRequest = call.json().await?;
    let scan = call.backend()?.task_discard(id, request).await?;
    Ok(started(&call, "The scan's changes were taken back.", &scan))
}

pub(super) async fn resume(mut call: Call) -> Answer {
    call.no_query()?;
    let id: TaskId = call.id("task_id")?;
    call.json::<Nothing>().await?;
    let scan = call.backend()?.task_resume(id).await?;
    Ok(started(&call, "Scan started: it does what was left undone.", &scan))
}

pub(super) async fn retry(mut call: Call) -> Answer {
    call.no_query()?;
    let id: TaskId = call.id("task_id")?;
    call.json::<Nothing>().await?;
    let scan = call.backend()?.task_retry(id).await?;
    Ok(started(&call, "Scan started: it tries again what failed.", &scan))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn told(call: &Call, status: TaskStatus) -> axum::response::Response {
    let ended = status.state.ended();
    let mut response = reply(call, format!("Task status: {}", status.state.as_str()), status);
    if !ended {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}
