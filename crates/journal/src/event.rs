//! One event in memory: its head decoded, its data as the JSON that was written.

use std::sync::OnceLock;

use bytes::Bytes;
use groma_model::{Epoch, EventId, EventType, Frame, NodeId, Sequence, Subject, Timestamp};

/// One journaled event. Filters look at the head; the JSON is put together once, for whoever asks first.
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
    /// Its data, as JSON.
    pub data: Bytes,
    frame: OnceLock<Bytes>,
}

/// What all events of a journal have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) node: NodeId,
    pub(crate) epoch: Epoch,
}

impl Event {
    pub(crate) const fn new(
        number: u64,
        at: Timestamp,
        event_type: &'static EventType,
        subject: Option<Subject>,
        id: EventId,
        data: Bytes,
    ) -> Self {
        Self { number, at, event_type, subject, id, data, frame: OnceLock::new() }
    }

    /// Returns the event as it travels.
    pub(crate) fn frame(&self, origin: Origin) -> Frame {
        let sequence = Sequence::new(origin.epoch, self.number);
        let json = self.frame.get_or_init(|| {
            let head =
                Head { origin, event_type: self.event_type, subject: self.subject, id: self.id, at: self.at };
            head.encode(Some(sequence), &self.data)
        });
        Frame {
            sequence: Some(sequence),
            event_type: self.event_type.name,
            subject: self.subject,
            json: json.clone(),
        }
    }
}

/// The head of an envelope.
pub(crate) struct Head {
    pub(crate) origin: Origin,
    pub(crate) event_type: &'static EventType,
    pub(crate) subject: Option<Subject>,
    pub(crate) id: EventId,
    pub(crate) at: Timestamp,
}

impl Head {
    /// Writes the CloudEvents JSON around data that is JSON already. No part of the head needs escaping.
    pub(crate) fn encode(&self, sequence: Option<Sequence>, data: &[u8]) -> Bytes {
        use std::io::Write as _;
        let mut json = Vec::with_capacity(data.len() + 480);
        let Self { origin, event_type, subject, id, at } = self;
        let _ = write!(
            json,
            r#"{{"specversion":"1.0","id":"{id}","source":"/groma/{}/{}","type":"{}","#,
            origin.node, event_type.domain, event_type.name
        );
        if let Some(subject) = subject {
            let _ = write!(json, r#""subject":"{subject}","#);
        }
        let _ = write!(
            json,
            r#""time":"{at}","datacontenttype":"application/json","dataschema":"{}","#,
            event_type.schema_path()
        );
        if let Some(sequence) = sequence {
            let _ = write!(json, r#""sequence":"{sequence}","#);
        }
        json.extend_from_slice(br#""data":"#);
        json.extend_from_slice(data);
        json.push(b'}');
        json.into()
    }

    /// Returns a control frame.
    pub(crate) fn control(&self, data: &impl serde::Serialize) -> Frame {
        let data = serde_json::to_vec(data).unwrap_or_else(|_| b"null".to_vec());
        Frame {
            sequence: None,
            event_type: self.event_type.name,
            subject: self.subject,
            json: self.encode(None, &data),
        }
    }
}
