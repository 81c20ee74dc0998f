//! An event as it travels to a receiver (CloudEvents HTTP binding 1.0.2).

use bytes::Bytes;
use groma_api::WebhookFormat;
use groma_model::{Envelope, EventId, Frame, Sequence, Subject};
use serde_json::value::RawValue;

/// What is to be delivered.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// `webhook-id`: the event's id, the same over all tries.
    pub(crate) id: EventId,
    /// Its position; frames that are not journaled have none.
    pub(crate) sequence: Option<Sequence>,
    /// Its type.
    pub(crate) event_type: String,
    /// What it is about.
    pub(crate) subject: Option<Subject>,
    /// The whole event as JSON.
    pub(crate) json: Bytes,
}

/// Headers and body in one of the two forms.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) content_type: &'static str,
    /// Those of the event itself: `ce-…`.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Message {
    /// Makes a message of a journaled event, whose id is known.
    pub(crate) fn of_event(id: EventId, frame: Frame) -> Self {
        let Frame { sequence, event_type, subject, json } = frame;
        Self { id, sequence, event_type: event_type.to_owned(), subject, json }
    }

    /// Makes a message of a frame without a position.
    ///
    /// # Errors
    /// When it is no event.
    pub(crate) fn of_frame(frame: Frame) -> Result<Self, serde_json::Error> {
        let envelope = frame.envelope()?;
        Ok(Self::of_event(envelope.id, frame))
    }

    /// Writes the message for sending.
    ///
    /// # Errors
    /// When it is no event.
    pub(crate) fn write(&self, format: WebhookFormat) -> Result<Written, serde_json::Error> {
        match format {
            WebhookFormat::Structured => Ok(Written {
                content_type: "application/cloudevents+json",
                headers: Vec::new(),
                body: self.json.clone(),
            }),
            WebhookFormat::Binary => Ok(binary(&serde_json::from_slice(&self.json)?)),
        }
    }
}

fn binary(envelope: &Envelope) -> Written {
    let mut headers = vec![
        ("ce-specversion", envelope.specversion.clone()),
        ("ce-id", envelope.id.to_string()),
        ("ce-source", encode(&envelope.source)),
        ("ce-type", encode(&envelope.event_type)),
        ("ce-time", envelope.time.to_string()),
        ("ce-dataschema", encode(&envelope.dataschema)),
    ];
    headers.extend(envelope.subject.map(|subject| ("ce-subject", subject.to_string())));
    headers.extend(envelope.sequence.map(|sequence| ("ce-sequence", sequence.to_string())));
    let body = Bytes::copy_from_slice(RawValue::get(&envelope.data).as_bytes());
    Written { content_type: "application/json", headers, body }
}

/// Encodes the value of a `ce-` header: space, `"`, `%` and all outside printable ASCII by their UTF-8 bytes
/// (section 3.1.3.2).
fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'"' | b'%' | 0..=b' ' | 0x7f.. => {
                encoded.push('%');
                encoded.push(hex(byte >> 4));
                encoded.push(hex(byte & 15));
            }
            plain => encoded.push(char::from(plain)),
        }
    }
    encoded
}

fn hex(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase()
}

#[cfg(test)]
mod tests;
