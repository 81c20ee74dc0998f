//! Events that were committed together, shared by all readers.

use std::sync::Arc;

use groma_model::{Epoch, EventFilter, EventType, Frame};

use crate::Event;

/// Events in order, without holes unless records were damaged.
#[derive(Debug)]
pub struct Batch {
    pub(crate) events: Vec<Event>,
    pub(crate) bytes: usize,
    pub(crate) epoch: Epoch,
}

impl Batch {
    pub(crate) fn new(epoch: Epoch, events: Vec<Event>) -> Self {
        let bytes = events.iter().map(Event::size).sum();
        Self { events, bytes, epoch }
    }

    pub(crate) fn first(&self) -> Option<u64> {
        self.events.first().map(|event| event.number)
    }

    pub(crate) fn last(&self) -> Option<u64> {
        self.events.last().map(|event| event.number)
    }

    /// Returns the events numbered `from` and above that the filter wants.
    pub(crate) fn select(self: &Arc<Self>, from: u64, filter: &EventFilter) -> EventSlice {
        let start = self.events.partition_point(|event| event.number < from);
        let everything = filter.types.is_empty() && filter.subject.is_none();
        let picked = if everything {
            Picked::From(start)
        } else {
            // Events of one type stand beside each other, and there may be a thousand readers: each type is looked at
            // once, not each event.
            let mut last: Option<(&EventType, bool)> = None;
            let mut fits = |event: &Event| match last {
                Some((event_type, fits)) if std::ptr::eq(event_type, event.event_type) => fits,
                _ => {
                    let fits = filter.types.is_empty()
                        || filter.types.iter().any(|pattern| pattern.matches(event.event_type.name));
                    last = Some((event.event_type, fits));
                    fits
                }
            };
            let wanted = self.events.iter().enumerate().skip(start);
            let wanted = wanted.filter(|(_, event)| {
                (filter.subject.is_none() || filter.subject == event.subject) && fits(event)
            });
            Picked::These(wanted.map(|(index, _)| index).collect())
        };
        EventSlice { batch: Arc::clone(self), picked }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Picked {
    From(usize),
    These(Vec<usize>),
}

/// Some events of a batch, shared with all other readers.
#[derive(Debug, Clone)]
pub struct EventSlice {
    pub(crate) batch: Arc<Batch>,
    pub(crate) picked: Picked,
}

impl EventSlice {
    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.picked {
            Picked::From(start) => self.batch.events.len() - start,
            Picked::These(indexes) => indexes.len(),
        }
    }

    /// Returns whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Leaves out those that `keep` does not want.
    #[must_use]
    pub(crate) fn retain(&self, keep: impl Fn(&Event) -> bool) -> Self {
        let all = |index: &usize| self.batch.events.get(*index).is_some_and(&keep);
        let picked = match &self.picked {
            Picked::From(start) => (*start..self.batch.events.len()).filter(all).collect(),
            Picked::These(indexes) => indexes.iter().copied().filter(all).collect(),
        };
        Self { batch: Arc::clone(&self.batch), picked: Picked::These(picked) }
    }

    /// Goes through them in order.
    pub fn iter(&self) -> impl Iterator<Item = &Event> {
        let (start, these) = match &self.picked {
            Picked::From(start) => (*start, None),
            Picked::These(indexes) => (self.batch.events.len(), Some(indexes)),
        };
        let all = self.batch.events.get(start..).unwrap_or_default().iter();
        all.chain(these.into_iter().flatten().filter_map(|index| self.batch.events.get(*index)))
    }

    /// Goes through them as they travel.
    pub fn frames(&self) -> impl Iterator<Item = Frame> + '_ {
        self.iter().map(|event| event.frame(self.batch.epoch))
    }
}
