//! Chunks that were put together for one reader, for all others that are given the same events just after.
//!
//! A commit wakes every reader, and most of them want all of it: putting the same bytes together a thousand times took
//! longer than sending them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use groma_model::{Frame, Sequence};

use super::Form;

/// Readers that keep up are at most a few commits apart; each chunk takes some 64 KiB.
const KEPT: usize = 16;

#[derive(Debug)]
struct Chunk {
    form: Form,
    sequences: Vec<Sequence>,
    bytes: Bytes,
}

impl Chunk {
    fn is_of(&self, form: Form, frames: &[Frame]) -> bool {
        self.form == form
            && self.sequences.len() == frames.len()
            && self.sequences.iter().zip(frames).all(|(known, frame)| frame.sequence == Some(*known))
    }
}

/// The newest chunks, shared by all readers of an edge.
#[derive(Debug, Default)]
pub(crate) struct SharedChunks {
    newest: Mutex<VecDeque<Arc<Chunk>>>,
}

impl SharedChunks {
    /// Returns the frames as they travel. An event never changes, so its position stands for it; control frames, which
    /// have none, are written for each reader.
    pub(super) fn chunk(&self, form: Form, frames: &[Frame]) -> Bytes {
        if let Some(known) = self.lock().iter().find(|chunk| chunk.is_of(form, frames)) {
            return known.bytes.clone();
        }
        let bytes = write(form, frames);
        let sequences: Option<Vec<_>> = frames.iter().map(|frame| frame.sequence).collect();
        if let Some(sequences) = sequences.filter(|sequences| !sequences.is_empty()) {
            let mut newest = self.lock();
            newest.truncate(KEPT - 1);
            newest.push_front(Arc::new(Chunk { form, sequences, bytes: bytes.clone() }));
        }
        bytes
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<Chunk>>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(form: Form, frames: &[Frame]) -> Bytes {
    // What stands around an event, generously.
    let bytes = frames.iter().map(|frame| frame.json.len() + 64).sum();
    let mut out = BytesMut::with_capacity(bytes);
    for frame in frames {
        form.frame(frame, &mut out);
    }
    out.freeze()
}

#[cfg(test)]
mod tests;
