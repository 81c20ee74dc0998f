//! Commands and plans.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use groma_api::{Backend, ExecutionQuery, LogQuery, PlanQuery, PlanRequest, StopRequest};
use groma_execution_types::{ExecutionPlan, ExecutionRequest};
use groma_model::{ExecutionId, PlanId};

use super::{Answer, reply};
use crate::call::Call;
use crate::negotiate::accepts;

pub(super) async fn execution_start(mut call: Call) -> Answer {
    call.no_query()?;
    let request: ExecutionRequest = call.json().await?;
    let data = call.backend()?.execution_start(request).await?;
    Ok(reply(&call, "Started.", data))
}

pub(super) async fn execution_list(call: Call) -> Answer {
    let query: ExecutionQuery = call.query()?;
    let data = call.backend()?.execution_list(query).await?;
    Ok(reply(&call, "Executions", data))
}

pub(super) async fn execution_get(call: Call) -> Answer {
    call.no_query()?;
    let id: ExecutionId = call.id("id")?;
    let data = call.backend()?.execution_get(id).await?;
    Ok(reply(&call, "Execution", data))
}

pub(super) async fn execution_logs(call: Call) -> Answer {
    let id: ExecutionId = call.id("id")?;
    let query: LogQuery = call.query()?;
    if accepts(&call.parts.headers, &header::ACCEPT, "text/plain") {
        return text(call.backend()?, id, query).await;
    }
    let data = call.backend()?.execution_logs(id, query).await?;
    Ok(reply(&call, "Lines", data))
}

pub(super) async fn execution_cancel(mut call: Call) -> Answer {
    call.no_query()?;
    let id: ExecutionId = call.id("id")?;
    let request: StopRequest = call.json().await?;
    let data = call.backend()?.execution_cancel(id, request).await?;
    Ok(reply(&call, "Execution", data))
}

pub(super) async fn plan_resolve(mut call: Call) -> Answer {
    call.no_query()?;
    let plan: ExecutionPlan = call.json().await?;
    let data = call.backend()?.plan_resolve(plan).await?;
    Ok(reply(&call, "This would run.", data))
}

pub(super) async fn plan_start(mut call: Call) -> Answer {
    call.no_query()?;
    let request: PlanRequest = call.json().await?;
    let data = call.backend()?.plan_start(request).await?;
    Ok(reply(&call, "Started.", data))
}

pub(super) async fn plan_list(call: Call) -> Answer {
    let query: PlanQuery = call.query()?;
    let data = call.backend()?.plan_list(query).await?;
    Ok(reply(&call, "Plans", data))
}

pub(super) async fn plan_get(call: Call) -> Answer {
    call.no_query()?;
    let id: PlanId = call.id("id")?;
    let data = call.backend()?.plan_get(id).await?;
    Ok(reply(&call, "Plan", data))
}

pub(super) async fn plan_cancel(mut call: Call) -> Answer {
    call.no_query()?;
    let id: PlanId = call.id("id")?;
    let request: StopRequest = call.json().await?;
    let data = call.backend()?.plan_cancel(id, request).await?;
    Ok(reply(&call, "Plan", data))
}

/// Answers with the lines alone, all there are by now or as many as were asked for: a log as a text.
async fn text(backend: Arc<dyn Backend>, id: ExecutionId, query: LogQuery) -> Answer {
    // What is refused is refused before anything is sent.
    let first = backend.execution_logs(id, query.clone()).await?;
    let one_page = query.limit.is_some() || query.tail.is_some();
    let lines = futures::stream::unfold((Some(first), query), move |(page, query)| {
        let backend = Arc::clone(&backend);
        async move {
            let page = page?;
            let mut text = String::new();
            for line in page.lines {
                text.push_str(&line.line);
                if !line.partial {
                    text.push('\n');
                }
            }
            let query = LogQuery { from_line: Some(page.next_line), tail: None, wait: None, ..query };
            let next = if one_page || page.next_line > page.last_line {
                None
            } else {
                match backend.execution_logs(id, query.clone()).await {
                    Ok(page) => Some(page),
                    Err(error) => return Some((Err(error), (None, query))),
                }
            };
            Some((Ok(Bytes::from(text)), (next, query)))
        }
    });
    let mut response = Response::new(Body::from_stream(lines));
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}
