//! `GET /v1/events`: the journal as server-sent events, or as lines of JSON.

mod shared;

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use bytes::{BufMut, Bytes, BytesMut};
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use groma_api::{ApiError, ErrorCode, EventQuery, EventStream};
use groma_model::{Frame, Sequence};
use tokio::time::{Interval, MissedTickBehavior};

use crate::admission::Caller;
use crate::call::Call;
use crate::edge::Edge;
use crate::negotiate::accepts;

pub(crate) use shared::SharedChunks;

/// As much as goes to the connection at once, if that much is there.
const CHUNK_BYTES: usize = 64 * 1024;
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const NDJSON: &str = "application/x-ndjson";

/// Answers with a stream of events.
pub(crate) async fn events(call: Call) -> Result<Response, ApiError> {
    let mut query: EventQuery = call.query()?;
    resume(&mut query, &call.parts.headers)?;
    let events = call.backend()?.events(query).await?;
    let form = if accepts(&call.parts.headers, &header::ACCEPT, NDJSON) { Form::Lines } else { Form::Sse };
    let mut tick = tokio::time::interval(call.edge.options.keep_alive);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick.reset();
    let stopping = call.edge.stopping();
    let reader = Reader { form, events, stopping, tick, edge: call.edge, caller: call.caller, begun: false };
    let mut response = Response::new(Body::from_stream(futures::stream::unfold(Some(reader), next)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// `Last-Event-ID` wins: a browser that reconnects sends it along with the address it began with.
fn resume(query: &mut EventQuery, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(last) = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else { return Ok(()) };
    let last = last.to_str().map_err(|_| ApiError::invalid("Last-Event-ID", "it is not a sequence"))?;
    query.after = Some(last.to_owned());
    query.since = None;
    Ok(())
}

/// How frames look on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Server-sent events.
    Sse,
    /// One JSON text per line.
    Lines,
}

impl Form {
    const fn content_type(self) -> &'static str {
        match self {
            Self::Sse => "text/event-stream",
            Self::Lines => NDJSON,
        }
    }

    const fn begin(self) -> &'static [u8] {
        match self {
            Self::Sse => b"retry: 2000\n\n",
            // Sends the head of the response on its way, so that the client knows that it is connected.
            Self::Lines => b"\n",
        }
    }

    const fn keep_alive(self) -> &'static [u8] {
        match self {
            Self::Sse => b": keep-alive\n\n",
            Self::Lines => b"\n",
        }
    }

    /// Writes one frame. A control frame has no `id:`, so that it does not move the browser's position.
    pub(crate) fn frame(self, frame: &Frame, out: &mut BytesMut) {
        match self {
            Self::Sse => {
                if let Some(sequence) = frame.sequence {
                    out.put_slice(&id(sequence));
                }
                out.put_slice(b"data: ");
                out.put_slice(&frame.json);
                out.put_slice(b"\n\n");
            }
            Self::Lines => {
                out.put_slice(&frame.json);
                out.put_u8(b'\n');
            }
        }
    }

    /// Says why the stream ends before its time: a comment, or a line that is a problem instead of an event.
    fn end(self, error: &ApiError, out: &mut BytesMut) {
        match self {
            Self::Sse if error.code == ErrorCode::Unavailable => out.put_slice(b": server is stopping\n\n"),
            Self::Sse => out.put_slice(format!(": stream ended: {}\n\n", error.code).as_bytes()),
            Self::Lines => {
                out.put_slice(&serde_json::to_vec(&error.problem()).unwrap_or_default());
                out.put_u8(b'\n');
            }
        }
    }
}

/// Returns the line that tells a position: formatting it the usual way cost as much as sending the event.
fn id(sequence: Sequence) -> [u8; 39] {
    let mut line = *b"id: 0000000000000-00000000000000000000\n";
    let (epoch, number) = line.split_at_mut(4 + 13);
    put_digits(sequence.epoch.number(), epoch);
    put_digits(sequence.number, number.get_mut(..21).unwrap_or_default());
    line
}

/// Overwrites the zeros at the end of `digits` by a number.
fn put_digits(mut number: u64, digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        if number == 0 {
            return;
        }
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

struct Reader {
    form: Form,
    events: EventStream,
    stopping: BoxFuture<'static, ()>,
    tick: Interval,
    edge: Arc<Edge>,
    caller: Option<Caller>,
    begun: bool,
}

/// Returns the next chunk: everything that is there, up to a limit, so that a busy journal costs few writes.
async fn next(reader: Option<Reader>) -> Option<(Result<Bytes, Infallible>, Option<Reader>)> {
    let mut reader = reader?;
    let form = reader.form;
    if !reader.begun {
        reader.begun = true;
        return Some((Ok(Bytes::from_static(form.begin())), Some(reader)));
    }
    let mut out = BytesMut::new();
    let ended = tokio::select! {
        biased;
        () = &mut reader.stopping => {
            let detail = "the server is stopping: connect again and go on behind the last event";
            Some(ApiError::new(ErrorCode::Unavailable, detail))
        }
        _ = reader.tick.tick() => {
            out.put_slice(form.keep_alive());
            match &reader.caller {
                Some(caller) => caller.recheck(&reader.edge).await.err(),
                None => None,
            }
        }
        first = reader.events.next() => {
            let (mut frames, mut bytes, mut item) = (Vec::new(), 0, Some(first));
            let ended = loop {
                match item {
                    Some(Some(Ok(frame))) => {
                        bytes += frame.json.len();
                        frames.push(frame);
                    }
                    Some(Some(Err(error))) => break Some(Some(error)),
                    // The end of what was asked for.
                    Some(None) => break Some(None),
                    None => break None,
                }
                if bytes >= CHUNK_BYTES {
                    break None;
                }
                item = reader.events.next().now_or_never();
            };
            let chunk = reader.edge.chunks.chunk(form, &frames);
            match ended {
                None => return Some((Ok(chunk), Some(reader))),
                Some(None) if chunk.is_empty() => return None,
                Some(None) => return Some((Ok(chunk), None)),
                Some(Some(error)) => {
                    out.put_slice(&chunk);
                    Some(error)
                }
            }
        }
    };
    match ended {
        Some(error) => {
            form.end(&error, &mut out);
            Some((Ok(out.freeze()), None))
        }
        None => Some((Ok(out.freeze()), Some(reader))),
    }
}

#[cfg(test)]
mod tests;
