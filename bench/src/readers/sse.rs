//! A reader of `GET /v1/events`.

use std::net::SocketAddr;

use groma_model::{Envelope, Timestamp};

use super::{Feed, Shared};
use crate::Done;

/// Splits server-sent events; nothing of them is decoded but their numbers.
pub(super) struct Reader {
    greeting: String,
    joined: bool,
}

const FIRST: &[u8] = b"retry:";

impl Reader {
    pub(super) fn new(address: SocketAddr, path: &str, token: &str) -> Self {
        // HTTP/1.0, so that there are no chunks between events.
        let greeting = format!(
            "GET {path} HTTP/1.0\r\nHost: {address}\r\nAccept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        Self { greeting, joined: false }
    }
}

impl Feed for Reader {
    fn greeting(&self) -> Vec<u8> {
        self.greeting.clone().into_bytes()
    }

    fn take(&mut self, bytes: &[u8], now: i64, shared: &mut Shared) -> Done<(usize, u64)> {
        let (mut taken, mut events) = (0, 0);
        if !self.joined {
            let Some(end) = find(bytes, b"\r\n\r\n") else { return Ok((0, 0)) };
            let (head, body) = bytes.split_at(end + 4);
            if !head.starts_with(b"HTTP/1.0 200") && !head.starts_with(b"HTTP/1.1 200") {
                return Err(format!("a reader was refused: {}", String::from_utf8_lossy(bytes)).into());
            }
            if !body.starts_with(FIRST) {
                return if body.len() < FIRST.len() {
                    Ok((0, 0))
                } else {
                    Err("the stream begins otherwise".into())
                };
            }
            self.joined = true;
            taken = end + 4;
        }
        loop {
            let rest = bytes.get(taken..).unwrap_or_default();
            let Some(end) = find(rest, b"\n\n") else { return Ok((taken, events)) };
            let (message, _) = rest.split_at(end);
            if let Some(id) = message.strip_prefix(b"id: ") {
                let number = id.get(14..34).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
                let number = number.ok_or("an event's id is not a position")?;
                shared.count(number, now, || time(id))?;
                events += 1;
            } else if message.starts_with(b"data: ") && find(message, b"stream_merged").is_none() {
                return Err(format!("a reader was told: {}", String::from_utf8_lossy(message)).into());
            }
            taken += end + 2;
        }
    }

    fn joined(&self) -> bool {
        self.joined
    }
}

/// Returns when the event was committed, or when its sender says that it was made.
fn time(message: &[u8]) -> Done<i64> {
    let data =
        find(message, b"data: ").and_then(|at| message.get(at + 6..)).ok_or("an event without data")?;
    let envelope: Envelope = serde_json::from_slice(data)?;
    let told: serde_json::Value = serde_json::from_str(envelope.data.get())?;
    match told.get("sentAt").and_then(serde_json::Value::as_str) {
        Some(text) => Ok(text.parse::<Timestamp>()?.micros()),
        None => Ok(envelope.time.micros()),
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, what)
}
