//! Lines that wait to be written.

use groma_execution_types::Stream;

use crate::log::{Chunk, now_ms};

/// Bytes that wait at most; then reading waits too.
const BYTES_MAX: usize = 512 << 10;
/// Bytes up to which lines are written as one piece.
const PIECE_BYTES: usize = 64 << 10;
/// Milliseconds within which lines count as read at the same time.
const SAME_MS: u64 = 100;
/// Buffers that are kept to be used again, and the biggest of them.
const BUFFERS: usize = 16;
const BUFFER_BYTES_MAX: usize = 256 << 10;

/// Lines that wait to be written.
#[derive(Debug, Default)]
pub(super) struct Pending {
    chunks: Vec<Chunk>,
    bytes: usize,
    buffers: Vec<Vec<u8>>,
    /// Lines that ever came.
    lines: u64,
    /// Whether there is no log: lines are counted and forgotten.
    forget: bool,
}

impl Pending {
    /// Returns a place for lines that are written, or not.
    pub(super) fn new(forget: bool) -> Self {
        Self { forget, ..Self::default() }
    }

    /// Returns whether there is room for more.
    pub(super) fn room(&self) -> bool {
        self.bytes < BYTES_MAX
    }

    /// Returns whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Returns how many lines ever came.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// Forgets all that waits and all that comes.
    pub(super) fn forget(&mut self) {
        self.forget = true;
        self.bytes = 0;
        self.chunks = Vec::new();
    }

    /// Returns an empty buffer.
    pub(super) fn buffer(&mut self) -> Vec<u8> {
        self.buffers.pop().unwrap_or_default()
    }

    /// Takes back a buffer.
    fn take_back(&mut self, mut buffer: Vec<u8>) {
        if self.buffers.len() < BUFFERS && (PIECE_BYTES..=BUFFER_BYTES_MAX).contains(&buffer.capacity()) {
            buffer.clear();
            self.buffers.push(buffer);
        }
    }

    /// Adds a copy.
    pub(super) fn add(&mut self, stream: Stream, bytes: &[u8], lines: usize, partial: bool) {
        self.lines += lines as u64;
        if self.forget {
            return;
        }
        self.bytes += bytes.len();
        let at_ms = now_ms();
        let joins = |last: &&mut Chunk| {
            last.stream == stream
                && !last.partial
                && last.bytes.ends_with(b"\n")
                && last.bytes.len() + bytes.len() <= PIECE_BYTES
                && at_ms.saturating_sub(last.at_ms) < SAME_MS
        };
        if let Some(last) = self.chunks.last_mut().filter(joins) {
            last.bytes.extend_from_slice(bytes);
            last.lines += lines as u32;
            last.partial = partial;
            return;
        }
        self.chunks.push(Chunk { stream, bytes: bytes.to_vec(), lines: lines as u32, partial, at_ms });
    }

    /// Adds a buffer without copying it.
    pub(super) fn add_owned(&mut self, stream: Stream, bytes: Vec<u8>, lines: usize, partial: bool) {
        self.lines += lines as u64;
        if self.forget {
            self.take_back(bytes);
            return;
        }
        self.bytes += bytes.len();
        self.chunks.push(Chunk { stream, bytes, lines: lines as u32, partial, at_ms: now_ms() });
    }

    /// Returns what waits, to be written.
    pub(super) fn take(&mut self) -> Vec<Chunk> {
        self.bytes = 0;
        std::mem::take(&mut self.chunks)
    }

    /// Takes back what was written.
    pub(super) fn written(&mut self, chunks: Vec<Chunk>) {
        for chunk in chunks {
            self.take_back(chunk.bytes);
        }
    }
}
