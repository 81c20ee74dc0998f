//! One stream of a WebSocket: where it is, and how much of it is unacknowledged.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{Peekable, Stream, StreamExt};
use groma_api::{ApiError, Backend, ErrorCode, EventQuery, EventStream, HistoryQuery};
use groma_model::{Sequence, SequenceError};

use super::subscriptions::Turn;

/// The most events that travel unacknowledged.
const UNACKNOWLEDGED_MAX: usize = 10_000;
/// The most events in one message.
const BATCH_EVENTS_MAX: usize = 256;
/// The most bytes of events in one message; a larger single event travels alone.
const BATCH_BYTES_MAX: usize = 64 * 1024;

pub(super) struct Subscription {
    id: String,
    events: Peekable<EventStream>,
    position: Sequence,
    /// Positions sent and not acknowledged, in order.
    unacknowledged: VecDeque<Sequence>,
}

impl Subscription {
    /// Opens a stream behind `after`, or else behind `before`, or else behind the head of the journal.
    ///
    /// `before` is the last event that the stream's old filter let through. What came after it and only the new filter
    /// wants is sent, however old it is: a change of the filter loses nothing. Who wants none of that says `newest`.
    pub(super) async fn open(
        backend: &dyn Backend,
        id: String,
        types: &[String],
        subject: Option<String>,
        after: Option<&str>,
        before: Option<Sequence>,
    ) -> Result<Self, ApiError> {
        let oldest = after == Some("oldest");
        let position = match (after, before) {
            (Some(text), _) if !matches!(text, "oldest" | "newest") => {
                text.parse().map_err(|error: SequenceError| ApiError::invalid("after", error.to_string()))?
            }
            (None, Some(before)) => before,
            _ => {
                // The head is read first and the stream opened behind it: nothing falls between the two.
                let query = HistoryQuery { limit: Some(1), ..HistoryQuery::default() };
                let head = backend.event_history(query).await?.head;
                if oldest { Sequence::new(head.epoch, 0) } else { head }
            }
        };
        let query = EventQuery {
            types: (!types.is_empty()).then(|| types.join(",")),
            subject,
            after: Some(if oldest { "oldest".to_owned() } else { position.to_string() }),
            since: None,
            follow: Some(true),
        };
        let events = backend.events(query).await?.peekable();
        Ok(Self { id, events, position, unacknowledged: VecDeque::new() })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Returns the position of the last event sent, or where the stream began.
    pub(super) fn position(&self) -> Sequence {
        self.position
    }

    /// Takes over what its predecessor sent: a new filter does not acknowledge anything.
    pub(super) fn inherit(&mut self, old: Self) {
        self.unacknowledged = old.unacknowledged;
    }

    pub(super) fn acknowledge(&mut self, sequence: Sequence) {
        while self.unacknowledged.front().is_some_and(|sent| *sent <= sequence) {
            self.unacknowledged.pop_front();
        }
    }

    /// Returns whether the stream has nothing to do until something is acknowledged.
    pub(super) fn paused(&self) -> bool {
        self.unacknowledged.len() >= UNACKNOWLEDGED_MAX
    }

    /// Collects what is there into one message. The events' bytes go in as they are: nothing is parsed.
    pub(super) fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        let mut message = Vec::new();
        let mut count = 0;
        let mut bytes = 0;
        let mut events = Pin::new(&mut self.events);
        while self.unacknowledged.len() < UNACKNOWLEDGED_MAX && count < BATCH_EVENTS_MAX {
            match events.as_mut().poll_peek(cx) {
                Poll::Ready(Some(Ok(frame))) if count == 0 || bytes + frame.json.len() <= BATCH_BYTES_MAX => {
                }
                Poll::Ready(_) if count > 0 => break,
                Poll::Ready(_) => {}
                Poll::Pending if count > 0 => break,
                Poll::Pending => return Poll::Pending,
            }
            match events.as_mut().poll_next(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    if count == 0 {
                        message.extend_from_slice(b"{\"type\":\"events\",\"id\":");
                        message.extend_from_slice(
                            serde_json::Value::from(self.id.as_str()).to_string().as_bytes(),
                        );
                        message.extend_from_slice(b",\"events\":[");
                    } else {
                        message.push(b',');
                    }
                    message.extend_from_slice(&frame.json);
                    bytes += frame.json.len();
                    count += 1;
                    if let Some(sequence) = frame.sequence {
                        self.position = sequence;
                        self.unacknowledged.push_back(sequence);
                    }
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(self.ended(error)),
                Poll::Ready(None) => {
                    let detail = "the stream ended: subscribe again behind the last event";
                    return Poll::Ready(self.ended(ApiError::new(ErrorCode::Unavailable, detail)));
                }
                // Not after a successful peek.
                Poll::Pending => break,
            }
        }
        if count == 0 {
            return Poll::Pending;
        }
        message.extend_from_slice(b"]}");
        match String::from_utf8(message) {
            Ok(text) => Poll::Ready(Turn::Events(text)),
            Err(_) => {
                let error = ApiError::new(ErrorCode::Internal, "the journal holds an event that is no text");
                Poll::Ready(self.ended(error))
            }
        }
    }

    fn ended(&self, error: ApiError) -> Turn {
        Turn::Ended { id: self.id.clone(), error }
    }
}
