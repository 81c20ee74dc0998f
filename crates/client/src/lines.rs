//! A stream of events as lines of JSON, read back into frames.

use std::borrow::Cow;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use groma_api::{ApiError, EventStream, Problem};
use groma_model::{EventType, Frame, Sequence, Subject};
use serde::Deserialize;

use crate::request::Told;

/// The longest line that is taken.
const LINE_BYTES_MAX: usize = 1024 * 1024;

/// How long a stream may say nothing: the server says something every 15 seconds.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// The type of a frame whose own type this version does not know; its JSON is whole, and its position counts.
pub const UNKNOWN_EVENT_TYPE: &str = "groma.unknown";

/// The part of an event by which it is filtered and resumed; the rest stays as it came.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, rename = "type")]
    event_type: Cow<'a, str>,
    sequence: Option<Sequence>,
    subject: Option<Subject>,
    /// A problem has one, an event never: the server ends a stream early with a problem as its last line.
    status: Option<u16>,
}

/// Turns the body of an answer into frames. A `follow`ing stream never ends well: an end without an error is one.
pub(crate) fn frames(
    body: BoxStream<'static, reqwest::Result<Bytes>>,
    told: Told,
    follow: bool,
) -> EventStream {
    let reader = Reader { body, told, follow, pending: BytesMut::new(), searched: 0, over: false };
    stream::unfold(reader, |mut reader| async move {
        let item = reader.next().await?;
        reader.over |= item.is_err();
        Some((item, reader))
    })
    .boxed()
}

struct Reader {
    body: BoxStream<'static, reqwest::Result<Bytes>>,
    told: Told,
    follow: bool,
    pending: BytesMut,
    /// How much of `pending` is known to hold no line break.
    searched: usize,
    over: bool,
}

impl Reader {
    async fn next(&mut self) -> Option<Result<Frame, ApiError>> {
        loop {
            if self.over {
                return None;
            }
            if let Some(line) = self.line() {
                match line.trim_ascii() {
                    // Says that the stream lives.
                    [] => continue,
                    _ => return Some(frame(line, &self.told)),
                }
            }
            if self.pending.len() > LINE_BYTES_MAX {
                return Some(Err(self
                    .told
                    .strange(&format!("a line is longer than {LINE_BYTES_MAX} bytes"))));
            }
            let Ok(chunk) = tokio::time::timeout(SILENCE_MAX, self.body.next()).await else {
                return Some(Err(self.told.ended()));
            };
            match chunk {
                Some(Ok(chunk)) => self.pending.extend_from_slice(&chunk),
                Some(Err(error)) => return Some(Err(self.told.lost(&error))),
                None if self.follow || !self.pending.is_empty() => return Some(Err(self.told.ended())),
                None => return None,
            }
        }
    }

    /// Takes the next whole line, without its break.
    fn line(&mut self) -> Option<Bytes> {
        match self.pending[self.searched..].iter().position(|byte| *byte == b'\n') {
            Some(at) => {
                let mut line = self.pending.split_to(self.searched + at + 1);
                line.truncate(line.len() - 1);
                self.searched = 0;
                Some(line.freeze())
            }
            None => {
                self.searched = self.pending.len();
                None
            }
        }
    }
}

/// Reads one line.
fn frame(line: Bytes, told: &Told) -> Result<Frame, ApiError> {
    let head: Head<'_> = serde_json::from_slice(&line).map_err(|error| told.strange(&error))?;
    if head.status.is_some() {
        let problem: Result<Problem, _> = serde_json::from_slice(&line);
        return Err(problem.map_or_else(|error| told.strange(&error), ApiError::from));
    }
    let event_type = EventType::from_name(&head.event_type).map_or(UNKNOWN_EVENT_TYPE, |known| known.name);
    Ok(Frame { sequence: head.sequence, event_type, subject: head.subject, json: line })
}

#[cfg(test)]
mod tests;
