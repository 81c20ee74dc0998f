//! Commands and plans.

use groma_api::{ExecutionQuery, LogQuery, PlanQuery, PlanRequest, StopRequest};
use groma_execution_types::{ExecutionPlan, ExecutionRequest};
use groma_model::{ExecutionId, PlanId};

use super::{Answer, reply};
use crate::call::Call;

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
