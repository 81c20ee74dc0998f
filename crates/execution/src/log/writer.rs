//! Writes a log: whole lines into segments, and what they are into the index.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use groma_execution_types::Stream;
use jiff::Timestamp;
use uuid::Uuid;

use super::cell::{CELL_BYTES, Cell, NOTE_BYTES_MAX, Run, SEGMENT_MAX, check, note_cells};
use super::index::Index;
use crate::{AppendLog, LogPart, LogSink, Note};

/// Pieces smaller than this are written together.
const SMALL_BYTES: usize = 16 << 10;
/// Segments that the end of a long log is kept in, the one being written among them.
const TAIL_SEGMENTS: usize = 4;
/// Bytes of the smallest segment.
const SEGMENT_BYTES_MIN: u64 = 4 << 10;

/// Lines of one stream, ready to be written.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// Whose lines.
    pub(crate) stream: Stream,
    /// Whole lines, or one that is cut.
    pub(crate) bytes: Vec<u8>,
    /// How many.
    pub(crate) lines: u32,
    /// Whether the last one goes on in the next line of the stream.
    pub(crate) partial: bool,
    /// When they were read, in Unix milliseconds.
    pub(crate) at_ms: u64,
}

/// A segment that is complete.
#[derive(Debug)]
struct Segment {
    number: u32,
    last_line: u64,
}

/// Writes the log of one execution. Its calls block.
#[derive(Debug)]
pub(crate) struct LogWriter {
    id: Uuid,
    sink: Arc<dyn LogSink>,
    bytes_max: u64,
    index: Option<Box<dyn AppendLog>>,
    index_bytes: u64,
    output: Option<Box<dyn AppendLog>>,
    segment: u32,
    segment_bytes: u64,
    segments: VecDeque<Segment>,
    gap: Option<(u64, u64)>,
    /// Lines and bytes that are in the log.
    lines: u64,
    bytes: u64,
    /// Those that are in the output, but not yet in the index.
    next_line: u64,
    new_bytes: u64,
    cells: Vec<u8>,
    small: Vec<u8>,
}

impl LogWriter {
    /// Returns a writer that has made nothing yet.
    pub(crate) fn new(id: Uuid, sink: Arc<dyn LogSink>, bytes_max: u64) -> Self {
        Self {
            id,
            sink,
            bytes_max: bytes_max.max(4 * SEGMENT_BYTES_MIN),
            index: None,
            index_bytes: 0,
            output: None,
            segment: 0,
            segment_bytes: 0,
            segments: VecDeque::new(),
            gap: None,
            lines: 0,
            bytes: 0,
            next_line: 1,
            new_bytes: 0,
            cells: Vec::new(),
            small: Vec::new(),
        }
    }

    /// Returns how many lines and bytes are in the log, those left out since among them.
    pub(crate) fn written(&self) -> (u64, u64) {
        (self.lines, self.bytes)
    }

    /// Returns the first and the last line that were left out.
    pub(crate) fn gap(&self) -> Option<(u64, u64)> {
        self.gap
    }

    /// Writes lines. After an error some of them may be in the log: see [`Self::written`].
    pub(crate) fn write(&mut self, chunks: &[Chunk]) -> io::Result<()> {
        let outcome = self.write_output(chunks);
        // What reached the output is told, also when the rest did not.
        let indexed = self.flush_index();
        outcome.and(indexed)
    }

    fn write_output(&mut self, chunks: &[Chunk]) -> io::Result<()> {
        let mut from = 0;
        let mut small = std::mem::take(&mut self.small);
        for (at, chunk) in chunks.iter().enumerate() {
            let alone = chunk.bytes.len() >= SMALL_BYTES;
            if alone || small.len() + chunk.bytes.len() > 4 * SMALL_BYTES {
                self.append_output(&chunks[from..at], &small)?;
                small.clear();
                from = at;
            }
            if alone {
                self.append_output(&chunks[at..=at], &chunk.bytes)?;
                from = at + 1;
            } else {
                small.extend_from_slice(&chunk.bytes);
            }
        }
        self.append_output(&chunks[from..], &small)?;
        small.clear();
        self.small = small;
        Ok(())
    }

    /// Appends the bytes of these chunks, and says so in the cells.
    fn append_output(&mut self, chunks: &[Chunk], bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if self.segment_bytes > 0 && self.segment_bytes + bytes.len() as u64 > self.segment_bytes_max() {
            self.next_segment()?;
        }
        let output = match &mut self.output {
            Some(output) => output,
            none => none.insert(self.sink.create(self.id, LogPart::Output { segment: self.segment })?),
        };
        output.append(bytes)?;
        for chunk in chunks {
            let run = Run {
                stream: chunk.stream,
                partial: chunk.partial,
                bytes: u32::try_from(chunk.bytes.len()).map_err(io::Error::other)?,
                lines: chunk.lines,
                segment: self.segment,
                first: self.next_line,
                offset: self.segment_bytes,
                at_ms: chunk.at_ms,
            };
            self.cells.extend_from_slice(&Cell::Run(run).encode());
            self.segment_bytes += u64::from(run.bytes);
            self.new_bytes += u64::from(run.bytes);
            self.next_line = run.last() + 1;
        }
        Ok(())
    }

    /// Half of the log is for the beginning, the other half for the end.
    fn segment_bytes_max(&self) -> u64 {
        if self.segment == 0 { self.bytes_max / 2 } else { self.bytes_max / 2 / TAIL_SEGMENTS as u64 }
    }

    fn next_segment(&mut self) -> io::Result<()> {
        self.flush_index()?;
        if self.segment == SEGMENT_MAX {
            return Err(io::Error::other("the log has no numbers left for its parts"));
        }
        // The beginning stands first and stays.
        self.segments.push_back(Segment { number: self.segment, last_line: self.lines });
        if self.segments.len() > TAIL_SEGMENTS {
            self.drop_oldest()?;
        }
        self.output = None;
        self.segment += 1;
        self.segment_bytes = 0;
        Ok(())
    }

    /// Leaves out the oldest segment after the beginning.
    fn drop_oldest(&mut self) -> io::Result<()> {
        let (Some(head), Some(oldest)) =
            (self.segments.front().map(|head| head.last_line), self.segments.remove(1))
        else {
            return Ok(());
        };
        let gap = (head + 1, oldest.last_line);
        // Said before it is done: a reader that finds nothing there knows why.
        let cell = Cell::Gap { first: gap.0, last: gap.1, segment: oldest.number + 1 };
        self.append_index(&cell.encode())?;
        self.gap = Some(gap);
        self.sink.remove(self.id, LogPart::Output { segment: oldest.number })
    }

    fn flush_index(&mut self) -> io::Result<()> {
        if self.cells.is_empty() {
            return Ok(());
        }
        let cells = std::mem::take(&mut self.cells);
        let outcome = if self.index_bytes + cells.len() as u64 > self.bytes_max.max(1 << 20) {
            Err(io::Error::other("the log has as many pieces as it may have bytes"))
        } else {
            self.append_index(&cells)
        };
        self.cells = cells;
        self.cells.clear();
        if outcome.is_ok() {
            (self.lines, self.bytes) = (self.next_line - 1, self.bytes + self.new_bytes);
        } else {
            self.next_line = self.lines + 1;
        }
        self.new_bytes = 0;
        outcome
    }

    /// Appends cells to the index.
    pub(crate) fn append_index(&mut self, cells: &[u8]) -> io::Result<()> {
        let index = match &mut self.index {
            Some(index) => index,
            none => none.insert(self.sink.create(self.id, LogPart::Index)?),
        };
        index.append(cells)?;
        self.index_bytes += cells.len() as u64;
        Ok(())
    }
}

/// Writes a note into the index of an execution whose engine has died. May block.
///
/// # Errors
/// When there is no such index, or it cannot be written.
pub(crate) fn append_note(sink: &dyn LogSink, id: Uuid, note: &Note) -> io::Result<()> {
    let mut index = sink.resume(id, LogPart::Index)?;
    let mut file = sink.open(id, LogPart::Index)?;
    // A note that was not finished would take the next cells for its text.
    let missing = unfinished_bytes(&mut Index::new(sink.open(id, LogPart::Index)?), &mut *file)?;
    let mut cells = vec![0; missing];
    cells.extend(note_bytes(note)?);
    index.append(&cells)
}

/// Returns how many bytes are missing of the note that an index ends in.
fn unfinished_bytes(index: &mut Index, file: &mut dyn crate::ReadLog) -> io::Result<usize> {
    index.catch_up()?;
    let whole = index.whole_bytes();
    let mut head = [0; CELL_BYTES];
    let mut filled = 0;
    while filled < CELL_BYTES {
        match file.read_at(whole + filled as u64, &mut head[filled..])? {
            0 => break,
            more => filled += more,
        }
    }
    // The zeros that fill up what is missing may be what makes the head of a note of it.
    let Cell::Note { bytes, .. } = Cell::decode(&head) else {
        return Ok(if filled == 0 { 0 } else { CELL_BYTES - filled });
    };
    let end = whole + (1 + note_cells(bytes)) * CELL_BYTES as u64;
    let mut there = whole + filled as u64;
    let mut block = [0; 4096];
    loop {
        match file.read_at(there, &mut block)? {
            0 => return Ok(usize::try_from(end.saturating_sub(there)).unwrap_or(0)),
            more => there += more as u64,
        }
    }
}

/// Returns the cells of a note.
pub(crate) fn note_bytes(note: &Note) -> io::Result<Vec<u8>> {
    let text = serde_json::to_vec(note)?;
    let bytes = u32::try_from(text.len()).ok().filter(|bytes| *bytes <= NOTE_BYTES_MAX);
    let bytes = bytes.ok_or_else(|| io::Error::other("the note for the log is too long"))?;
    let mut cells = Vec::with_capacity(CELL_BYTES + text.len().next_multiple_of(CELL_BYTES));
    cells.extend_from_slice(&Cell::Note { bytes, check: check(&text) }.encode());
    cells.extend_from_slice(&text);
    cells.resize(cells.len().next_multiple_of(CELL_BYTES), 0);
    Ok(cells)
}

/// Returns the present time in Unix milliseconds.
pub(crate) fn now_ms() -> u64 {
    u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0)
}
