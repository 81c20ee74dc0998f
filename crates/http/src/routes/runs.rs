//! What a process that runs commands by itself tells.

use groma_api::{RunReport, RunRequest};
use groma_model::ExecutionId;

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn run_begin(mut call: Call) -> Answer {
    call.no_query()?;
    let request: RunRequest = call.json().await?;
    let data = call.backend()?.run_begin(request).await?;
    Ok(reply(&call, "Noted.", data))
}

pub(super) async fn run_report(mut call: Call) -> Answer {
    call.no_query()?;
    let id: ExecutionId = call.id("id")?;
    let report: RunReport = call.json().await?;
    let data = call.backend()?.run_report(id, report).await?;
    Ok(reply(&call, "Noted.", data))
}
