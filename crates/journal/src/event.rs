//! One event in memory: its head decoded, and the JSON in which it travels, of which its data is a part.

use bytes::Bytes;
use groma_model::{Epoch, EventId, EventType, Frame, Sequence, Subject, Timestamp};

/// What sealing adds to data, in bytes.
const SEALED_EXTRA: usize = 33;

/// What is known of an event without decoding its data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) event_type: &'static EventType,
    pub(crate) subject: Option<Subject>,
    pub(crate) id: EventId,
    pub(crate) at: Timestamp,
}

/// One journaled event. Filters look at the head; the JSON is put together once, for all readers.
#[derive(Debug)]
pub struct Event {
    /// Its number in this epoch.
    pub number: u64,
    /// When it was appended.
    pub at: Timestamp,
    /// Its type.
    pub event_type: &'static EventType,
    /// What it is about.
    pub subject: Option<Subject>,
    /// Its id.
    pub id: EventId,
    /// The whole envelope, and how far its end its data begins.
    json: Bytes,
    data_from_end: usize,
}

impl Event {
    pub(crate) const fn new(number: u64, head: Head, json: Bytes, data_from_end: usize) -> Self {
        let Head { event_type, subject, id, at } = head;
        Self { number, at, event_type, subject, id, json, data_from_end }
    }

    /// Returns its data, as JSON.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        let end = self.json.len().saturating_sub(1);
        self.json.get(self.json.len() - self.data_from_end..end).unwrap_or_default()
    }

    /// Returns the event as it travels.
    pub(crate) fn frame(&self, epoch: Epoch) -> Frame {
        Frame {
            sequence: Some(Sequence::new(epoch, self.number)),
            event_type: self.event_type.name,
            subject: self.subject,
            json: self.json.clone(),
        }
    }

    /// Returns what its data takes in the file, sealed, in bytes.
    pub(crate) const fn stored_bytes(&self) -> u64 {
        (self.data_from_end - 1 + SEALED_EXTRA) as u64
    }

    /// Returns how much memory it takes, in bytes.
    pub(crate) const fn size(&self) -> usize {
        size_of::<Self>() + self.json.len()
    }
}
