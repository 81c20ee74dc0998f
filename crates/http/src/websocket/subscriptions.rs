//! The open streams of one WebSocket, taking turns.

use std::future::poll_fn;
use std::task::{Context, Poll};

use groma_api::{ApiError, ErrorCode};
use groma_model::Sequence;

use super::subscription::Subscription;

/// The most streams on one connection.
const OPEN_MAX: usize = 32;
/// The longest name of a stream.
const ID_CHARS_MAX: usize = 100;

/// What one stream has to say.
pub(super) enum Turn {
    /// A ready `events` message.
    Events(String),
    /// The stream is over.
    Ended { id: String, error: ApiError },
}

/// Streams in the order of their turns: whoever spoke goes to the back, so that a busy one starves nobody.
#[derive(Default)]
pub(super) struct Subscriptions {
    open: Vec<Subscription>,
    first: usize,
}

impl Subscriptions {
    /// Returns the position of the stream `id` if it is open; refuses names and numbers beyond the limits.
    pub(super) fn check(&self, id: &str) -> Result<Option<Sequence>, ApiError> {
        if id.is_empty() || id.chars().count() > ID_CHARS_MAX {
            let detail = format!("a stream needs a name of 1 to {ID_CHARS_MAX} characters");
            return Err(ApiError::invalid("id", detail));
        }
        let open = self.open.iter().find(|open| open.id() == id);
        if open.is_none() && self.open.len() >= OPEN_MAX {
            let detail = format!("{OPEN_MAX} streams are open on this connection: close one first");
            return Err(ApiError::new(ErrorCode::TooManyRequests, detail));
        }
        Ok(open.map(Subscription::position))
    }

    pub(super) fn insert(&mut self, subscription: Subscription) {
        self.open.push(subscription);
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Subscription> {
        self.open.iter_mut().find(|open| open.id() == id)
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<Subscription> {
        let at = self.open.iter().position(|open| open.id() == id)?;
        Some(self.open.remove(at))
    }

    /// Returns what the next stream that has something says. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Turn {
        let turn = poll_fn(|cx| self.poll_next(cx)).await;
        if let Turn::Ended { id, .. } = &turn {
            self.remove(id);
        }
        turn
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        let count = self.open.len();
        for at in (0..count).map(|step| (self.first + step) % count) {
            let Some(open) = self.open.get_mut(at).filter(|open| !open.paused()) else { continue };
            if let Poll::Ready(turn) = open.poll_turn(cx) {
                self.first = at + 1;
                return Poll::Ready(turn);
            }
        }
        Poll::Pending
    }
}
