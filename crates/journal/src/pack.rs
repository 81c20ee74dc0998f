//! Events put together one after another, with their JSON in a few shared buffers instead of many small ones.

use std::sync::Arc;

use bytes::Bytes;

use crate::Event;
use crate::envelope::{Moment, Origin};
use crate::event::Head;

/// A reader that holds on to one event holds on to a buffer of so many bytes at most.
const BUFFER: usize = 64 << 10;
/// A usual envelope.
const ENVELOPE: usize = 640;

/// Events being put together.
#[derive(Debug)]
pub(crate) struct Pack {
    origin: Arc<Origin>,
    moment: Moment,
    buffer: Vec<u8>,
    /// Those in `buffer`.
    open: Vec<Open>,
    events: Vec<Event>,
}

#[derive(Debug)]
struct Open {
    number: u64,
    head: Head,
    data: usize,
    end: usize,
}

impl Pack {
    /// Begins a pack of probably `count` events.
    pub(crate) fn new(origin: Arc<Origin>, count: usize) -> Self {
        let buffer = Vec::with_capacity(BUFFER.min(count.saturating_mul(ENVELOPE)));
        Self { origin, moment: Moment::default(), buffer, open: Vec::new(), events: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.events.len() + self.open.len()
    }

    /// Adds an event whose data is what `write` appends; returns the data. When that fails, nothing is added.
    pub(crate) fn push<E>(
        &mut self,
        number: u64,
        head: Head,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<&[u8], E> {
        if self.buffer.len() + ENVELOPE > BUFFER {
            self.seal_buffer();
            self.buffer = Vec::with_capacity(BUFFER);
        }
        let start = self.buffer.len();
        self.origin.begin(&head, Some(number), &mut self.moment, &mut self.buffer);
        let data = self.buffer.len();
        if let Err(error) = write(&mut self.buffer) {
            self.buffer.truncate(start);
            return Err(error);
        }
        self.buffer.push(b'}');
        let end = self.buffer.len();
        self.open.push(Open { number, head, data, end });
        Ok(self.buffer.get(data..end - 1).unwrap_or_default())
    }

    /// Returns the events, in the order in which they were added.
    pub(crate) fn finish(mut self) -> Vec<Event> {
        self.seal_buffer();
        self.events
    }

    fn seal_buffer(&mut self) {
        self.buffer.shrink_to_fit();
        let json = Bytes::from(std::mem::take(&mut self.buffer));
        self.events.reserve(self.open.len());
        let mut start = 0;
        for Open { number, head, data, end } in self.open.drain(..) {
            self.events.push(Event::new(number, head, json.slice(start..end), end - data));
            start = end;
        }
    }
}
