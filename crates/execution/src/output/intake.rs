//! One stream on its way from the pipe to whole lines.

use std::time::Duration;

use groma_execution_types::Stream;
use tokio::time::Instant;

use super::cut::{characters, cut};
use super::keep::Keep;
use super::pending::Pending;
use super::redact::{Redactor, StreamRedactor};

/// Bytes that are read at once: what a pipe holds.
pub(super) const READ_BYTES: usize = 64 << 10;
/// Room for the beginning of a line before what is read.
const LINE_ROOM_BYTES: usize = 16 << 10;
/// From this size on, a buffer is handed on instead of copied.
const HAND_ON_BYTES: usize = 16 << 10;
/// A line without end is told after this time without a byte.
const IDLE: Duration = Duration::from_millis(200);
/// A line without end is told at the latest after this time, and so is one that is redrawn.
const LATE: Duration = Duration::from_secs(2);

/// One stream on its way from the pipe to whole lines.
#[derive(Debug)]
pub(super) struct Intake {
    stream: Stream,
    line_bytes_max: usize,
    redactor: Option<StreamRedactor>,
    /// As it was read; only where there are secrets.
    raw: Vec<u8>,
    /// Free of secrets: the line that has no end yet.
    text: Vec<u8>,
    /// Up to here `text` has no end of a line.
    known: usize,
    keep: Keep,
    /// Since when `text` waits, and when the last of it came.
    waits: Option<(Instant, Instant)>,
    /// Whether `text` is redrawn, so that there is no hurry to make a line of it.
    redrawn: bool,
}

impl Intake {
    pub(super) fn new(
        stream: Stream,
        line_bytes_max: usize,
        result_bytes_max: usize,
        redactor: &Redactor,
    ) -> Self {
        Self {
            stream,
            line_bytes_max: line_bytes_max.clamp(16, 8 << 20),
            redactor: redactor.stream(),
            raw: Vec::new(),
            text: Vec::new(),
            known: 0,
            keep: Keep::new(result_bytes_max),
            waits: None,
            redrawn: false,
        }
    }

    /// Returns where to read to: behind what is there, with room.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        let buffer = if self.redactor.is_some() { &mut self.raw } else { &mut self.text };
        if buffer.capacity() == 0 {
            buffer.reserve_exact(READ_BYTES + LINE_ROOM_BYTES);
        } else if buffer.capacity() - buffer.len() < READ_BYTES {
            buffer.reserve(READ_BYTES);
        }
        buffer
    }

    /// Takes the `read` bytes that were read to the end of the buffer. Returns what of the text is new by that.
    pub(super) fn took(&mut self, read: usize, now: Instant) -> &[u8] {
        let new = match &mut self.redactor {
            Some(redactor) => {
                let before = self.text.len();
                redactor.push(&self.raw, &mut self.text);
                self.raw.clear();
                before
            }
            None => self.text.len() - read,
        };
        self.fresh(new, now);
        &self.text[new..]
    }

    /// Returns the text that has not become lines yet.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Says that the text is redrawn.
    pub(super) fn redrawn(&mut self) {
        self.redrawn = true;
    }

    /// Hands on whole lines, and pieces of a line that is too long.
    pub(super) fn hand_on(&mut self, pending: &mut Pending) {
        let mut at = 0;
        while let Some(cut) = cut(&self.text[at..], self.known.saturating_sub(at), self.line_bytes_max) {
            if at == 0 && cut.bytes >= HAND_ON_BYTES {
                let mut text = pending.buffer();
                text.extend_from_slice(&self.text[cut.bytes..]);
                std::mem::swap(&mut text, &mut self.text);
                text.truncate(cut.bytes);
                pending.add_owned(self.stream, text, cut.lines, cut.partial);
            } else {
                pending.add(self.stream, &self.text[at..at + cut.bytes], cut.lines, cut.partial);
                at += cut.bytes;
            }
            self.known = 0;
        }
        if at > 0 {
            self.text.drain(..at);
        }
        self.known = self.text.len();
        if self.text.is_empty() {
            (self.waits, self.redrawn) = (None, false);
        }
    }

    /// Returns when the line that has no end yet is to be told all the same.
    pub(super) fn due(&self) -> Option<Instant> {
        let (since, last) = self.waits?;
        Some(if self.redrawn { since + LATE } else { (last + IDLE).min(since + LATE) })
    }

    /// Hands on the line that has no end yet, as a part of one.
    pub(super) fn hand_on_partial(&mut self, pending: &mut Pending) {
        let bytes = characters(&self.text);
        if bytes > 0 {
            pending.add(self.stream, &self.text[..bytes], 1, true);
            self.text.drain(..bytes);
        }
        // What is left of a character waits for the rest of it.
        (self.known, self.waits, self.redrawn) = (self.text.len(), None, false);
    }

    /// Takes it that nothing more is read. Returns what of the text is new by that: what could have become a secret.
    pub(super) fn finish(&mut self, now: Instant) -> &[u8] {
        let before = self.text.len();
        if let Some(redactor) = &mut self.redactor {
            redactor.finish(&mut self.text);
            self.fresh(before, now);
        }
        &self.text[before..]
    }

    /// Hands on all there is: nothing follows.
    pub(super) fn end(&mut self, pending: &mut Pending) {
        self.hand_on(pending);
        if !self.text.is_empty() {
            pending.add(self.stream, &self.text, 1, false);
        }
        // Memory for reading is not needed any more.
        (self.text, self.raw) = (Vec::new(), Vec::new());
        (self.known, self.waits, self.redrawn) = (0, None, false);
    }

    pub(super) fn keep(&self) -> &Keep {
        &self.keep
    }

    /// Takes into account what came into the text from `from` on.
    fn fresh(&mut self, from: usize, now: Instant) {
        let new = &self.text[from..];
        if new.is_empty() {
            return;
        }
        self.keep.push(new);
        // Whole lines leave at once: what waits is what came after the last of them.
        let since = match self.waits {
            Some((since, _)) if memchr::memchr(b'\n', new).is_none() => since,
            _ => now,
        };
        self.waits = Some((since, now));
    }
}
