//! What one connection of a reader brought.

use super::item::Item;

/// Everything between a connect and its end.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Segment {
    /// Behind which event it was to go on.
    pub(super) after: u64,
    pub(super) items: Vec<Item>,
    /// Whether it was read until the round's last event; else it was cut.
    pub(super) whole: bool,
}

impl Segment {
    /// Returns the position behind which a reader goes on who saw this.
    pub(super) fn position(&self) -> u64 {
        let reached = |item: &Item| match *item {
            Item::Event(event) => Some(event.number),
            Item::Gap { to, .. } => Some(to),
            Item::Merged { .. } | Item::Alarm => None,
        };
        self.items.iter().rev().find_map(reached).unwrap_or(self.after)
    }
}

/// One reader's round.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) name: String,
    pub(super) segments: Vec<Segment>,
}
