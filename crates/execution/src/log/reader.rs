//! Reads a log: lines by number, while it is written and after a crash.

use std::fmt;
use std::io;
use std::sync::Arc;

use groma_execution_types::{Line, Stream};
use jiff::Timestamp;
use uuid::Uuid;

use super::cell::Run;
use super::index::Index;
use super::text::line_text;
use crate::{LogPart, LogSink, Note, ReadLog};

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
pub struct LogReader {
    id: Uuid,
    sink: Arc<dyn LogSink>,
    index: Index,
    segment: Option<(u32, Box<dyn ReadLog>)>,
    bytes: Vec<u8>,
}

impl LogReader {
    /// Opens the log of an execution.
    ///
    /// # Errors
    /// `NotFound` when there is none, or it cannot be read.
    pub fn open(sink: Arc<dyn LogSink>, id: Uuid) -> io::Result<Self> {
        let index = Index::new(sink.open(id, LogPart::Index)?);
        Ok(Self { id, sink, index, segment: None, bytes: Vec::new() })
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
        self.index.catch_up()?;
        let from_line = from_line.max(1);
        let gap = self.index.gap();
        let last_line = self.index.last_line();
        let mut page =
            LogPage { lines: Vec::new(), next_line: from_line, last_line, gap, ended: self.index.ended() };
        let mut taken = 0;
        let Self { id, sink, index, segment, bytes } = self;
        index.runs(from_line, |run| {
            let wanted = stream.is_none_or(|stream| stream == run.stream);
            let gone = gap.is_some_and(|(first, last)| first <= run.first && run.last() <= last);
            if !wanted || gone || !read_run(sink.as_ref(), *id, segment, &run, bytes)? {
                page.next_line = run.last() + 1;
                return Ok(true);
            }
            for (number, text) in numbered(bytes, &run) {
                if number < page.next_line {
                    continue;
                }
                if page.lines.len() >= max_lines || taken >= max_bytes {
                    return Ok(false);
                }
                let line = line_text(text);
                taken += line.len();
                page.lines.push(Line {
                    execution_id: *id,
                    stream: run.stream,
                    line,
                    line_number: number,
                    partial: run.partial && number == run.last(),
                    timestamp: timestamp(run.at_ms),
                });
                page.next_line = number + 1;
            }
            page.next_line = run.last() + 1;
            Ok(page.lines.len() < max_lines && taken < max_bytes)
        })?;
        Ok(page)
    }

    /// Appends the bytes of one stream, as they were written, from the beginning of the log: at most about `bytes_max`.
    /// Returns whether that was all there is by now.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn raw(&mut self, stream: Stream, bytes_max: usize, out: &mut Vec<u8>) -> io::Result<bool> {
        self.index.catch_up()?;
        let mut whole = self.index.gap().is_none();
        let Self { id, sink, index, segment, bytes } = self;
        let begin = out.len();
        index.runs(1, |run| {
            if run.stream != stream {
                return Ok(true);
            }
            if out.len() - begin + run.bytes as usize > bytes_max {
                whole = false;
                return Ok(false);
            }
            if read_run(sink.as_ref(), *id, segment, &run, bytes)? {
                out.extend_from_slice(bytes);
            }
            Ok(true)
        })?;
        Ok(whole)
    }

    /// Returns the notes that there are by now, in their order.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn notes(&mut self) -> io::Result<Vec<Note>> {
        self.index.catch_up()?;
        self.index.notes()
    }

    /// Returns how many bytes of output it has by now, those left out among them.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn output_bytes(&mut self) -> io::Result<u64> {
        self.index.catch_up()?;
        Ok(self.index.bytes())
    }
}

impl fmt::Debug for LogReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogReader").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Deletes all of a log. May block.
///
/// # Errors
/// When a part of it cannot be deleted.
pub(crate) fn remove(sink: &dyn LogSink, id: Uuid) -> io::Result<()> {
    let mut index = match sink.open(id, LogPart::Index) {
        Ok(file) => Index::new(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    // An index that cannot be read is no reason to keep the log.
    let _ = index.catch_up();
    let gone = index.gap_segments();
    for segment in (0..=index.last_segment()).filter(|segment| !gone.contains(segment)) {
        sink.remove(id, LogPart::Output { segment })?;
    }
    sink.remove(id, LogPart::Index)
}

/// Reads the bytes of a run. Returns false if they are not there: left out since, or never written.
fn read_run(
    sink: &dyn LogSink,
    id: Uuid,
    segment: &mut Option<(u32, Box<dyn ReadLog>)>,
    run: &Run,
    bytes: &mut Vec<u8>,
) -> io::Result<bool> {
    if segment.as_ref().is_none_or(|(number, _)| *number != run.segment) {
        *segment = match sink.open(id, LogPart::Output { segment: run.segment }) {
            Ok(file) => Some((run.segment, file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
    }
    let Some((_, file)) = segment else { return Ok(false) };
    // As much as is there: what an index claims is not a reason to take memory.
    let wanted = run.bytes as usize;
    bytes.clear();
    while bytes.len() < wanted {
        let filled = bytes.len();
        bytes.resize(wanted.min(filled + BLOCK_BYTES), 0);
        let more = file.read_at(run.offset + filled as u64, &mut bytes[filled..])?;
        bytes.truncate(filled + more);
        if more == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Bytes that are read at once.
const BLOCK_BYTES: usize = 256 << 10;

/// Returns the lines of a run with their numbers, each with its end.
fn numbered<'a>(bytes: &'a [u8], run: &Run) -> impl Iterator<Item = (u64, &'a [u8])> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    (run.first..=run.last()).zip(lines)
}

fn timestamp(at_ms: u64) -> Timestamp {
    i64::try_from(at_ms)
        .ok()
        .and_then(|at| Timestamp::from_millisecond(at).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}
