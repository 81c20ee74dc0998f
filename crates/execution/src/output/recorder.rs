//! Writes the log beside the reading of pipes: one piece of work at a time, on a thread where it may block.

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::Instant;
use uuid::Uuid;

use super::pending::Pending;
use crate::log::{Chunk, LogWriter, note_bytes, start_off_thread};
use crate::{LogSink, Note};

/// How long a note waits for something to be written with.
const LATER: Duration = Duration::from_millis(200);

/// Writes the log of one execution.
#[derive(Debug)]
pub(super) struct Recorder {
    id: Uuid,
    state: State,
    /// Lines that wait.
    pub(super) pending: Pending,
    /// A note that is written with what comes next, and when it is due without that.
    later: Option<(Vec<u8>, Instant)>,
    fault: Option<String>,
    written: (u64, u64),
    gap: Option<(u64, u64)>,
}

#[derive(Debug)]
enum State {
    /// There is no log, or nobody who could write it.
    Nobody,
    Idle(Box<LogWriter>),
    Busy(JoinHandle<Written>),
}

/// What comes back from the thread.
#[derive(Debug)]
struct Written {
    writer: Box<LogWriter>,
    chunks: Vec<Chunk>,
    outcome: io::Result<()>,
}

impl Recorder {
    /// Returns one that has written nothing.
    pub(super) fn new(id: Uuid, sink: Option<Arc<dyn LogSink>>, log_bytes_max: u64) -> Self {
        let pending = Pending::new(sink.is_none());
        let state = match sink {
            Some(sink) => State::Idle(Box::new(LogWriter::new(id, sink, log_bytes_max))),
            None => State::Nobody,
        };
        Self { id, state, pending, later: None, fault: None, written: (0, 0), gap: None }
    }

    /// Begins to write what waits, unless something is being written.
    pub(super) fn start(&mut self) {
        let due = self.later_due().is_some_and(|due| due <= Instant::now());
        if !matches!(self.state, State::Idle(_)) || (!due && self.pending.is_empty()) {
            return;
        }
        let State::Idle(mut writer) = std::mem::replace(&mut self.state, State::Nobody) else { return };
        let later = self.later.take();
        let chunks = self.pending.take();
        self.state = State::Busy(start_off_thread(move || {
            let noted = later.map_or(Ok(()), |(cells, _)| writer.append_index(&cells));
            let outcome = noted.and_then(|()| writer.write(&chunks));
            Written { writer, chunks, outcome }
        }));
    }

    /// Returns when the note that waits is to be written.
    pub(super) fn later_due(&self) -> Option<Instant> {
        self.later.as_ref().filter(|_| matches!(self.state, State::Idle(_))).map(|(_, due)| *due)
    }

    /// Returns when what was being written is written; never, if nothing is. Stopping to wait loses nothing.
    pub(super) async fn wrote(&mut self) {
        let State::Busy(work) = &mut self.state else { return pending().await };
        match work.await {
            Ok(Written { writer, chunks, outcome }) => {
                (self.written, self.gap) = (writer.written(), writer.gap());
                self.state = State::Idle(writer);
                self.pending.written(chunks);
                if let Err(error) = outcome {
                    self.failed(&error);
                }
            }
            Err(error) => {
                self.state = State::Nobody;
                self.failed(&io::Error::other(error));
            }
        }
        if self.fault.is_none() {
            self.start();
        }
    }

    /// Returns once all that came is written.
    pub(super) async fn settle(&mut self) {
        self.start();
        while matches!(self.state, State::Busy(_)) {
            self.wrote().await;
        }
    }

    /// Writes a note, after all that came before it; that of a process with what comes next, or a little later.
    pub(super) async fn note(&mut self, note: &Note) -> io::Result<()> {
        let mut cells = note_bytes(note)?;
        if matches!(note, Note::Spawned(_)) {
            // Not worth a write of its own: its processes can be found by their mark as well.
            let due = self.later.as_ref().map_or_else(|| Instant::now() + LATER, |(_, due)| *due);
            self.later.get_or_insert((Vec::new(), due)).0.append(&mut cells);
            return Ok(());
        }
        self.settle().await;
        if let Some((mut later, _)) = self.later.take() {
            later.append(&mut cells);
            cells = later;
        }
        let State::Idle(mut writer) = std::mem::replace(&mut self.state, State::Nobody) else {
            return Ok(());
        };
        self.state = State::Busy(start_off_thread(move || {
            let outcome = writer.append_index(&cells);
            Written { writer, chunks: Vec::new(), outcome }
        }));
        let State::Busy(work) = &mut self.state else { return Ok(()) };
        let Written { writer, outcome, .. } = match work.await {
            Ok(written) => written,
            Err(error) => {
                self.state = State::Nobody;
                return Err(io::Error::other(error));
            }
        };
        self.state = State::Idle(writer);
        outcome
    }

    /// Returns lines and bytes in the log.
    pub(super) fn written(&self) -> (u64, u64) {
        self.written
    }

    /// Returns the first and the last line that were left out in the middle.
    pub(super) fn gap(&self) -> Option<(u64, u64)> {
        self.gap
    }

    /// Returns why the log cannot be written.
    pub(super) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Told once: from now on lines are counted and forgotten.
    fn failed(&mut self, error: &io::Error) {
        self.pending.forget();
        if self.fault.is_none() {
            let (id, lines) = (self.id, self.written.0);
            tracing::error!(execution = %id, lines, %error, "the log cannot be written; the command runs on without it");
            self.fault = Some(format!("the log could not be written after line {lines}: {error}"));
        }
    }
}
