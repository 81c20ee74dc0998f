//! A journal in memory.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::StreamExt;
use groma_api::{ApiError, ErrorCode, EventQuery, EventStream, StartAt};
use groma_model::{Epoch, EventData, EventId, EventType, Frame, Sequence, TaskId, network, system};
use serde_json::json;
use tokio::sync::watch;

use super::World;

/// All frames so far; control frames have no sequence.
#[derive(Debug)]
pub(crate) struct Journal {
    frames: Mutex<Vec<Frame>>,
    last: AtomicU64,
    grown: watch::Sender<usize>,
    /// Where reading fails, as a damaged disk would.
    pub(crate) broken: Mutex<Option<ApiError>>,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            frames: Mutex::default(),
            last: AtomicU64::new(0),
            grown: watch::Sender::new(0),
            broken: Mutex::default(),
        }
    }
}

pub(crate) fn sequence(number: u64) -> Sequence {
    Sequence::new(Epoch::from_millis(1_763_740_800_000), number)
}

pub(crate) fn frame(event_type: &'static EventType, number: Option<u64>, data: &serde_json::Value) -> Frame {
    let sequence = number.map(sequence);
    let mut envelope = json!({
        "specversion": "1.0", "id": EventId::now(), "source": "/groma/node/network", "type": event_type.name,
        "time": "2026-11-21T15:00:00.000000Z", "datacontenttype": "application/json",
        "dataschema": event_type.schema_path(), "data": data,
    });
    if let Some(sequence) = sequence {
        envelope["sequence"] = json!(sequence);
    }
    Frame { sequence, event_type: event_type.name, subject: None, json: Bytes::from(envelope.to_string()) }
}

impl Journal {
    fn push(&self, make: impl FnOnce(u64) -> Frame) {
        let mut frames = self.frames.lock().unwrap();
        let frame = make(self.last.load(Ordering::SeqCst) + 1);
        if let Some(sequence) = frame.sequence {
            self.last.store(sequence.number, Ordering::SeqCst);
        }
        frames.push(frame);
        self.grown.send_replace(frames.len());
    }

    /// Appends a `groma.network.error`.
    pub(crate) fn append(&self) {
        self.push(|number| {
            let data = json!({"scanId": TaskId::now(), "errorType": "internal", "message": "x", "context": {},
                "timestamp": "2026-11-21T15:00:00Z"});
            frame(network::Error::TYPE, Some(number), &data)
        });
    }

    /// Appends a `groma.system.error` of about so many bytes.
    pub(crate) fn append_system(&self, bytes: usize) {
        self.push(|number| {
            let data =
                json!({"message": "m".repeat(bytes), "severity": "info", "context": null, "timestamp": 1});
            frame(system::Error::TYPE, Some(number), &data)
        });
    }

    /// Puts a control frame into the stream.
    pub(crate) fn control(&self) {
        self.push(|_| frame(system::StreamMerged::TYPE, None, &json!({"type": "x", "count": 3})));
    }

    pub(crate) fn append_many(&self, count: usize) {
        (0..count).for_each(|_| self.append());
    }

    pub(crate) fn break_with(&self, code: ErrorCode) {
        *self.broken.lock().unwrap() = Some(ApiError::new(code, "the disk is gone"));
        self.grown.send_modify(|_| {});
    }

    pub(crate) fn head(&self) -> Sequence {
        sequence(self.last.load(Ordering::SeqCst))
    }

    pub(crate) fn all(&self) -> Vec<Frame> {
        self.frames.lock().unwrap().clone()
    }
}

/// Reads as the real journal does: from a position, filtered, then live.
pub(crate) fn read(world: &Arc<World>, query: &EventQuery) -> Result<EventStream, ApiError> {
    let filter = query.filter()?;
    let frames = world.journal.all();
    let after = match query.start()? {
        StartAt::Oldest | StartAt::Since(_) => 0,
        StartAt::After(after) => frames
            .iter()
            .rposition(|frame| frame.sequence.is_some_and(|sequence| sequence <= after))
            .map_or(0, |at| at + 1),
        StartAt::Live => frames.len(),
    };
    let follow = query.follow.unwrap_or(true);
    let world = Arc::clone(world);
    let grown = world.journal.grown.subscribe();
    let wanted = move |frame: &Frame| {
        frame.sequence.is_none()
            || EventType::from_name(frame.event_type).is_ok_and(|known| filter.matches(known, frame.subject))
    };
    let stream = futures::stream::unfold(
        (world, grown, after, wanted),
        move |(world, mut grown, mut at, wanted)| async move {
            loop {
                grown.mark_unchanged();
                let broken = world.journal.broken.lock().unwrap().take();
                if let Some(error) = broken {
                    return Some((Err(error), (world, grown, at, wanted)));
                }
                let next = world.journal.frames.lock().unwrap().get(at).cloned();
                match next {
                    Some(frame) => {
                        at += 1;
                        if wanted(&frame) {
                            return Some((Ok(frame), (world, grown, at, wanted)));
                        }
                    }
                    None if !follow => return None,
                    None => grown.changed().await.ok()?,
                }
            }
        },
    );
    Ok(stream.boxed())
}
