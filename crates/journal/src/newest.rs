//! Which event is the newest of its type and subject, for types of which a slow reader may be given that one alone.

use std::collections::HashMap;

use groma_model::{DeliveryClass, Subject};

use crate::event::Event;

/// What Latest-class events are merged by: the type's code and the subject.
pub(crate) type Key = (u16, Option<Subject>);

/// Subjects that are remembered before those of long ago are forgotten.
const KEYS: usize = 65_536;

/// The numbers of the newest events of Latest-class types, as far as this process has appended them.
#[derive(Debug)]
pub(crate) struct Newest {
    numbers: HashMap<Key, u64>,
    tidy_at: usize,
}

impl Newest {
    pub(crate) fn new() -> Self {
        Self { numbers: HashMap::new(), tidy_at: KEYS }
    }

    pub(crate) fn learn(&mut self, events: &[Event]) {
        for event in events {
            if let Some(key) = key(event) {
                self.numbers.insert(key, event.number);
            }
        }
        if self.numbers.len() > self.tidy_at {
            // Whoever still reads that far back is given what was merged for others.
            let floor = events.last().map_or(0, |event| event.number).saturating_sub(4 * KEYS as u64);
            self.numbers.retain(|_, number| *number >= floor);
            self.tidy_at = KEYS.max(2 * self.numbers.len());
        }
    }

    /// Returns what an event merges by if a newer one takes its place.
    pub(crate) fn replaces(&self, event: &Event) -> Option<Key> {
        let key = key(event)?;
        self.numbers.get(&key).is_some_and(|newest| *newest > event.number).then_some(key)
    }
}

/// Returns what an event merges by, unless it is of a class that is never left out.
pub(crate) fn key(event: &Event) -> Option<Key> {
    let latest = event.event_type.class == DeliveryClass::Latest;
    latest.then_some((event.event_type.code, event.subject))
}
