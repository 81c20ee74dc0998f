//! Hosts of the inventory.

use groma_api::HostQuery;
use groma_model::ThingId;

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn list(call: Call) -> Answer {
    let query: HostQuery = call.query()?;
    let list = call.backend()?.host_list(query).await?;
    Ok(reply(&call, format!("{} hosts", list.hosts.len()), list))
}

pub(super) async fn get(call: Call) -> Answer {
    call.no_query()?;
    let id: ThingId = call.id("id")?;
    let host = call.backend()?.host_get(id).await?;
    Ok(reply(&call, "Host", host))
}
