//! Readers of logs between two pages: opening one again means going through its index again.

use std::collections::VecDeque;

use groma_execution::LogReader;
use groma_model::ExecutionId;
use parking_lot::Mutex;

/// Readers kept at most; each has up to two files open.
const KEPT_MAX: usize = 8;

/// The readers that were used last.
#[derive(Debug, Default)]
pub(crate) struct Readers(Mutex<VecDeque<Kept>>);

/// A reader, and whether its execution had ended when it was used: the log of one that is found dead is mended, and
/// then to be opened again.
#[derive(Debug)]
struct Kept {
    id: ExecutionId,
    over: bool,
    reader: LogReader,
}

impl Readers {
    /// Takes the reader of a log, if it is here and nobody else has it.
    pub(crate) fn take(&self, id: ExecutionId, over: bool) -> Option<LogReader> {
        let mut kept = self.0.lock();
        let at = kept.iter().position(|kept| kept.id == id)?;
        kept.remove(at).filter(|kept| kept.over == over).map(|kept| kept.reader)
    }

    /// Keeps a reader for the next page.
    pub(crate) fn put(&self, id: ExecutionId, over: bool, reader: LogReader) {
        let mut kept = self.0.lock();
        kept.push_back(Kept { id, over, reader });
        while kept.len() > KEPT_MAX {
            kept.pop_front();
        }
    }

    /// Lets go of all: logs are deleted.
    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }
}
