//! What the journal holds.

use super::arena::Arena;
use super::item::{Event, Item};
use super::transport::{Heard, Kind, Transport};
use crate::Done;

/// Reads everything behind `start`.
pub(super) fn read(arena: &Arena, start: u64) -> Done<Vec<Event>> {
    let page = arena.rest().must("GET", "/v1/events/history?limit=1", None)?;
    let head = page.pointer("/data/head").and_then(serde_json::Value::as_str).unwrap_or_default();
    let (epoch, _) = head.split_once('-').ok_or("a page without its head")?;
    let after = format!("{epoch}-{start:020}&follow=false");
    let mut transport = Transport::connect(Kind::Lines, arena.address, &arena.token, &after, false)?;
    let mut items = Vec::new();
    while transport.read(&mut items)? != Heard::End {}
    items
        .into_iter()
        .map(|item| match item {
            Item::Event(event) => Ok(event),
            other => Err(format!("the journal, read from {start}, tells of {other:?}").into()),
        })
        .collect()
}
