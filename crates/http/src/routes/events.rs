//! Pages of the journal; the live streams are `stream` and `websocket`.

use groma_api::HistoryQuery;

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn history(call: Call) -> Answer {
    let query: HistoryQuery = call.query()?;
    let page = call.backend()?.event_history(query).await?;
    Ok(reply(&call, format!("{} events", page.events.len()), page))
}
