//! What travels in a stream: an event, or a control frame without a sequence.

use bytes::Bytes;

use crate::{Envelope, Sequence, Subject};

/// One encoded event or control frame; cloning shares the bytes.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The position of an event; a control frame has none.
    pub sequence: Option<Sequence>,
    /// The type, such as `groma.network.scan_started`.
    pub event_type: &'static str,
    /// What it is about.
    pub subject: Option<Subject>,
    /// The CloudEvents JSON, one line, no line break.
    pub json: Bytes,
}

impl Frame {
    /// Decodes the JSON.
    ///
    /// # Errors
    /// When the bytes are no CloudEvent of Groma's.
    pub fn envelope(&self) -> Result<Envelope, serde_json::Error> {
        serde_json::from_slice(&self.json)
    }
}
