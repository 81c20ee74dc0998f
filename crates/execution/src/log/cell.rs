//! The cells of an index: 32 bytes each, so that what is torn or damaged costs itself alone.
//!
//! | bytes | of a run | of a note | of a gap |
//! |---|---|---|---|
//! | 0 | 1 | 2 | 3 |
//! | 1 | flags | 0 | 0 |
//! | 2–3 | check over all other bytes | same | same |
//! | 4–7 | bytes | bytes of the text that follows, filled up to whole cells | 0 |
//! | 8–10 | lines | 0 | 0 |
//! | 11–13 | segment | 0 | first segment that is left |
//! | 14–19 | number of the first line | check over the text | first line that is gone |
//! | 20–25 | where in the segment | 0 | last line that is gone |
//! | 26–31 | when it was read, Unix milliseconds | same | same |
//!
//! All numbers are little-endian. A cell of zeros fills up.

use groma_execution_types::Stream;

/// Bytes of a cell.
pub(crate) const CELL_BYTES: usize = 32;
/// Bytes of the longest run: more are split.
pub(crate) const RUN_BYTES_MAX: u32 = 16 << 20;
/// Bytes of the longest note.
pub(crate) const NOTE_BYTES_MAX: u32 = 8 << 20;
/// The last segment that has a number.
pub(crate) const SEGMENT_MAX: u32 = (1 << 24) - 1;

const RUN: u8 = 1;
const NOTE: u8 = 2;
const GAP: u8 = 3;
const STDERR: u8 = 1;
const PARTIAL: u8 = 2;

/// Lines of one stream that stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// Whose lines.
    pub(crate) stream: Stream,
    /// Whether the last of them goes on in the next line of the stream.
    pub(crate) partial: bool,
    /// Bytes, at least one for each line.
    pub(crate) bytes: u32,
    /// Lines, at least one.
    pub(crate) lines: u32,
    /// Which segment of the log.
    pub(crate) segment: u32,
    /// The number of the first line, from 1.
    pub(crate) first: u64,
    /// Where they begin in the segment.
    pub(crate) offset: u64,
    /// When they were read, in Unix milliseconds.
    pub(crate) at_ms: u64,
}

impl Run {
    /// Returns the number of its last line.
    pub(crate) fn last(&self) -> u64 {
        self.first + u64::from(self.lines) - 1
    }
}

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Nothing: it fills up, or is damaged.
    Nothing,
    /// Lines.
    Run(Run),
    /// A note follows, of so many bytes.
    Note {
        /// Bytes of its text.
        bytes: u32,
        /// The check over them.
        check: u32,
    },
    /// Lines were left out.
    Gap {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
        /// The first segment after them that is left.
        segment: u32,
    },
}

impl Cell {
    /// Returns the cell as it is written. Numbers too big for their place do not occur: their makers see to it.
    pub(crate) fn encode(&self) -> [u8; CELL_BYTES] {
        let mut cell = [0; CELL_BYTES];
        match *self {
            Self::Nothing => return cell,
            Self::Run(run) => {
                cell[0] = RUN;
                cell[1] =
                    (u8::from(run.stream == Stream::Stderr) * STDERR) | (u8::from(run.partial) * PARTIAL);
                put(&mut cell[4..8], u64::from(run.bytes));
                put(&mut cell[8..11], u64::from(run.lines));
                put(&mut cell[11..14], u64::from(run.segment));
                put(&mut cell[14..20], run.first);
                put(&mut cell[20..26], run.offset);
                put(&mut cell[26..32], run.at_ms);
            }
            Self::Note { bytes, check } => {
                cell[0] = NOTE;
                put(&mut cell[4..8], u64::from(bytes));
                put(&mut cell[14..20], u64::from(check));
            }
            Self::Gap { first, last, segment } => {
                cell[0] = GAP;
                put(&mut cell[11..14], u64::from(segment));
                put(&mut cell[14..20], first);
                put(&mut cell[20..26], last);
            }
        }
        let check = cell_check(&cell);
        cell[2..4].copy_from_slice(&check.to_le_bytes());
        cell
    }

    /// Reads a cell. What does not add up is [`Cell::Nothing`].
    pub(crate) fn decode(cell: &[u8; CELL_BYTES]) -> Self {
        if !matches!(cell[0], RUN | NOTE | GAP) || cell[2..4] != cell_check(cell).to_le_bytes() {
            return Self::Nothing;
        }
        let bytes = get(&cell[4..8]) as u32;
        let (first, offset) = (get(&cell[14..20]), get(&cell[20..26]));
        let segment = get(&cell[11..14]) as u32;
        match cell[0] {
            RUN => {
                let lines = get(&cell[8..11]) as u32;
                if lines == 0 || first == 0 || bytes < lines || bytes > RUN_BYTES_MAX {
                    return Self::Nothing;
                }
                let stream = if cell[1] & STDERR == 0 { Stream::Stdout } else { Stream::Stderr };
                let partial = cell[1] & PARTIAL != 0;
                Self::Run(Run {
                    stream,
                    partial,
                    bytes,
                    lines,
                    segment,
                    first,
                    offset,
                    at_ms: get(&cell[26..32]),
                })
            }
            NOTE if bytes <= NOTE_BYTES_MAX => Self::Note { bytes, check: first as u32 },
            GAP if 0 < first && first <= offset => Self::Gap { first, last: offset, segment },
            _ => Self::Nothing,
        }
    }
}

/// Returns how many cells a note's text of so many bytes takes.
pub(crate) fn note_cells(bytes: u32) -> u64 {
    u64::from(bytes).div_ceil(CELL_BYTES as u64)
}

/// The check over a note's text (FNV-1a).
pub(crate) fn check(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, &byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn cell_check(cell: &[u8; CELL_BYTES]) -> u16 {
    let sum = check(&cell[..2]) ^ check(&cell[4..]).rotate_left(7);
    (sum ^ (sum >> 16)) as u16
}

fn put(place: &mut [u8], number: u64) {
    let length = place.len();
    place.copy_from_slice(&number.to_le_bytes()[..length]);
}

fn get(place: &[u8]) -> u64 {
    place.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Returns an index with every kind of cell.
#[cfg(feature = "fuzz")]
pub(crate) fn index_example() -> Vec<u8> {
    let run = |stream, partial, first, lines, offset| {
        Cell::Run(Run {
            stream,
            partial,
            bytes: 9,
            lines,
            segment: 0,
            first,
            offset,
            at_ms: 1_763_740_800_000,
        })
    };
    let text = br#"{"note":"ended"}"#;
    let mut index = Vec::new();
    index.extend(Cell::Note { bytes: text.len() as u32, check: check(text) }.encode());
    index.extend(text);
    index.resize(index.len().next_multiple_of(CELL_BYTES), 0);
    index.extend(run(Stream::Stdout, false, 1, 2, 0).encode());
    index.extend(run(Stream::Stderr, true, 3, 1, 9).encode());
    index.extend(Cell::Gap { first: 4, last: 9, segment: 1 }.encode());
    index.extend(run(Stream::Stdout, false, 10, 2, 18).encode());
    index
}
