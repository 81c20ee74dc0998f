//! Pages of what a filter lets pass, in order.

use std::cmp::Ordering;

use groma_model::ThingId;

use crate::catalogue::{Catalogue, Scope};
use crate::cursor::{Cursor, Order, Sort, SortKey, Value};
use crate::restriction::Restriction;

/// A page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The things, in order.
    pub ids: Vec<ThingId>,
    /// How many the filter lets pass, on all pages together.
    pub total: usize,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
}

/// What a row is sorted by. Only keys of the same kind are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Text(&'a str),
    Time(i64),
}

/// How much of a name is compared: pages end at a name, and their cursors travel in addresses.
const COMPARED: usize = 128;

fn key(catalogue: &Catalogue, sort: Sort, ordinal: u32) -> Key<'_> {
    let row = &catalogue.rows[ordinal as usize];
    let scope = |scope: Scope| catalogue.scopes[scope as usize].text(row.scopes[scope as usize]);
    match sort.key {
        SortKey::Name => {
            let name = catalogue.name(ordinal);
            Key::Text(&name[..name.floor_char_boundary(COMPARED)])
        }
        SortKey::Kind => Key::Text(scope(Scope::Kind)),
        SortKey::State => Key::Text(scope(Scope::State)),
        SortKey::LastChanged => Key::Time(row.last_changed),
        SortKey::LastSeen => Key::Time(row.last_seen),
        SortKey::FirstSeen => Key::Time(row.first_seen),
    }
}

fn compare(sort: Sort, a: (Key<'_>, ThingId), b: (Key<'_>, ThingId)) -> Ordering {
    let keys = match sort.order {
        Order::Ascending => a.0.cmp(&b.0),
        Order::Descending => b.0.cmp(&a.0),
    };
    keys.then(a.1.cmp(&b.1))
}

/// Returns the page after a cursor.
pub(crate) fn list(
    catalogue: &Catalogue,
    restriction: &Restriction,
    sort: Sort,
    after: Option<&Cursor>,
    limit: usize,
) -> Listing {
    let after = after.filter(|cursor| cursor.sort == sort).map(|cursor| {
        let key = match &cursor.value {
            Value::Text(text) => Key::Text(text),
            Value::Time(time) => Key::Time(*time),
        };
        (key, cursor.id)
    });
    let order = |a: &(Key<'_>, u32), b: &(Key<'_>, u32)| {
        compare(sort, (a.0, catalogue.ids[a.1 as usize]), (b.0, catalogue.ids[b.1 as usize]))
    };
    let mut total = 0;
    let mut behind = 0;
    // The best so far, at most twice the page: when it is full, the worse half goes, and what is worse than the rest is
    // not even taken in.
    let mut best: Vec<(Key<'_>, u32)> = Vec::new();
    let mut worst: Option<(Key<'_>, u32)> = None;
    for (ordinal, row) in (0u32..).zip(&catalogue.rows) {
        if !row.alive || !restriction.passes(ordinal, row) {
            continue;
        }
        total += 1;
        let here = (key(catalogue, sort, ordinal), ordinal);
        let id = catalogue.ids[ordinal as usize];
        if after.is_some_and(|after| compare(sort, (here.0, id), after) != Ordering::Greater) {
            continue;
        }
        behind += 1;
        if limit == 0 || worst.as_ref().is_some_and(|worst| order(&here, worst) == Ordering::Greater) {
            continue;
        }
        best.push(here);
        if best.len() >= limit.saturating_mul(2).max(64) && best.len() > limit {
            best.select_nth_unstable_by(limit - 1, order);
            best.truncate(limit);
            worst = best.last().copied();
        }
    }
    best.sort_unstable_by(order);
    best.truncate(limit);
    let next = best.last().filter(|_| behind > best.len()).map(|&(key, ordinal)| Cursor {
        sort,
        value: match key {
            Key::Text(text) => Value::Text(text.to_owned()),
            Key::Time(time) => Value::Time(time),
        },
        id: catalogue.ids[ordinal as usize],
    });
    let ids = best.iter().map(|&(_, ordinal)| catalogue.ids[ordinal as usize]).collect();
    Listing { ids, total, next }
}
