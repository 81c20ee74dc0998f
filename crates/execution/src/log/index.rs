//! Reads an index from its beginning, and goes on from there as it grows.

use std::io;

use super::cell::{CELL_BYTES, Cell, Run, check, note_cells};
use crate::{Note, ReadLog};

/// Cells between two places that are remembered.
const STRIDE: u64 = 256;
/// Bytes that are read at once.
const BLOCK_BYTES: usize = 32 << 10;

/// What is known of an index.
#[derive(Debug)]
pub(crate) struct Index {
    file: Box<dyn ReadLog>,
    /// Up to where its cells were read.
    read: u64,
    cells: u64,
    last_line: u64,
    bytes: u64,
    segments: u32,
    gap: Option<(u64, u64)>,
    /// The first segment after the gap.
    gap_end: u32,
    ended: bool,
    /// Runs by which others are found: the number of the first line, and where the cell is.
    places: Vec<(u64, u64)>,
    /// Texts of notes: where, bytes, check.
    notes: Vec<(u64, u32, u32)>,
    block: Vec<u8>,
}

impl Index {
    /// Returns an index of which nothing was read.
    pub(crate) fn new(file: Box<dyn ReadLog>) -> Self {
        Self {
            file,
            read: 0,
            cells: 0,
            last_line: 0,
            bytes: 0,
            segments: 0,
            gap: None,
            gap_end: 0,
            ended: false,
            places: Vec::new(),
            notes: Vec::new(),
            block: Vec::new(),
        }
    }

    /// Reads what has come since. What is written at this moment is left for the next time.
    pub(crate) fn catch_up(&mut self) -> io::Result<()> {
        loop {
            let filled = self.fill(self.read, u64::MAX)?;
            let mut at = 0;
            while let Some(cell) = cell_at(&self.block[..filled], at) {
                let place = self.read + at as u64;
                let cells = match Cell::decode(cell) {
                    Cell::Note { bytes, check } => {
                        if !self.has(place, bytes)? {
                            self.read = place;
                            return Ok(());
                        }
                        self.note(place + CELL_BYTES as u64, bytes, check)?;
                        1 + note_cells(bytes)
                    }
                    Cell::Run(run) => {
                        self.run(run, place);
                        1
                    }
                    Cell::Gap { first, last, segment } => {
                        self.gap = Some((first, last));
                        self.gap_end = segment;
                        1
                    }
                    Cell::Nothing => 1,
                };
                self.cells += cells;
                // A note may reach beyond the block, and reading it has used the block.
                if cells > 1 {
                    self.read = place + cells * CELL_BYTES as u64;
                    at = usize::MAX;
                    break;
                }
                at += CELL_BYTES;
            }
            if at == 0 {
                return Ok(());
            }
            if at != usize::MAX {
                self.read += at as u64;
            }
        }
    }

    /// Returns the number of the last line.
    pub(crate) fn last_line(&self) -> u64 {
        self.last_line
    }

    /// Returns how many bytes its lines have, also those that are gone.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns the last segment it names.
    pub(crate) fn last_segment(&self) -> u32 {
        self.segments
    }

    /// Returns the first and the last line that were left out.
    pub(crate) fn gap(&self) -> Option<(u64, u64)> {
        self.gap
    }

    /// Returns the segments that were left out.
    pub(crate) fn gap_segments(&self) -> std::ops::Range<u32> {
        1..self.gap_end
    }

    /// Returns whether there is a note of the end.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Returns up to where the index is whole.
    pub(crate) fn whole_bytes(&self) -> u64 {
        self.read
    }

    /// Calls `visit` for runs from the one with `line` on, or the first after it, until it returns false.
    pub(crate) fn runs(
        &mut self,
        line: u64,
        mut visit: impl FnMut(Run) -> io::Result<bool>,
    ) -> io::Result<()> {
        let known = self.places.partition_point(|(first, _)| *first <= line);
        let Some(&(_, mut place)) = self.places.get(known.saturating_sub(1)) else { return Ok(()) };
        let mut last = 0;
        let mut notes = self.notes.partition_point(|(text, ..)| *text <= place);
        while place < self.read {
            let filled = self.fill(place, self.read - place)?;
            let mut at = 0;
            while let Some(cell) = cell_at(&self.block[..filled], at) {
                at += CELL_BYTES;
                // Only notes that were whole have a text to skip; the rest are cells like others.
                if let Some(&(text, bytes, _)) =
                    self.notes.get(notes).filter(|(text, ..)| *text == place + at as u64)
                {
                    notes += 1;
                    place = text + note_cells(bytes) * CELL_BYTES as u64;
                    at = usize::MAX;
                    break;
                }
                if let Cell::Run(run) = Cell::decode(cell)
                    && run.first > last
                {
                    last = run.last();
                    if last >= line && !visit(run)? {
                        return Ok(());
                    }
                }
            }
            match at {
                0 => return Ok(()),
                usize::MAX => {}
                at => place += at as u64,
            }
        }
        Ok(())
    }

    /// Returns the notes that were read.
    pub(crate) fn notes(&mut self) -> io::Result<Vec<Note>> {
        let texts = self.notes.clone();
        let mut notes = Vec::new();
        for (place, bytes, sum) in texts {
            let text = self.text(place, bytes)?;
            // What another version wrote and this one does not know is passed over.
            if check(&text) == sum {
                notes.extend(serde_json::from_slice::<Note>(&text));
            }
        }
        Ok(notes)
    }

    fn run(&mut self, run: Run, place: u64) {
        // Numbers only grow: a run that says otherwise is none.
        if run.first <= self.last_line {
            return;
        }
        if self.places.last().is_none_or(|(_, last)| (place - last) / CELL_BYTES as u64 >= STRIDE) {
            self.places.push((run.first, place));
        }
        self.last_line = run.last();
        self.bytes += u64::from(run.bytes);
        self.segments = self.segments.max(run.segment);
    }

    fn note(&mut self, place: u64, bytes: u32, sum: u32) -> io::Result<()> {
        let text = self.text(place, bytes)?;
        // A note that was never finished has been filled up since: its place counts, its text does not.
        if check(&text) == sum && matches!(serde_json::from_slice(&text), Ok(Note::Ended { .. })) {
            self.ended = true;
        }
        self.notes.push((place, bytes, sum));
        Ok(())
    }

    /// Returns whether the text of the note at `place` is there in full.
    fn has(&mut self, place: u64, bytes: u32) -> io::Result<bool> {
        let end = place + (1 + note_cells(bytes)) * CELL_BYTES as u64;
        let mut last = [0; 1];
        Ok(self.file.read_at(end - 1, &mut last)? == 1)
    }

    fn text(&mut self, place: u64, bytes: u32) -> io::Result<Vec<u8>> {
        let mut text = vec![0; bytes as usize];
        let mut filled = 0;
        while filled < text.len() {
            match self.file.read_at(place + filled as u64, &mut text[filled..])? {
                0 => break,
                more => filled += more,
            }
        }
        text.truncate(filled);
        Ok(text)
    }

    /// Fills the block with whole cells from `place` on.
    fn fill(&mut self, place: u64, bytes_max: u64) -> io::Result<usize> {
        self.block.resize(BLOCK_BYTES, 0);
        let wanted = BLOCK_BYTES.min(usize::try_from(bytes_max).unwrap_or(BLOCK_BYTES));
        let mut filled = 0;
        while filled < wanted {
            match self.file.read_at(place + filled as u64, &mut self.block[filled..wanted])? {
                0 => break,
                more => filled += more.min(wanted - filled),
            }
        }
        Ok(filled - filled % CELL_BYTES)
    }
}

fn cell_at(block: &[u8], at: usize) -> Option<&[u8; CELL_BYTES]> {
    block.get(at..)?.first_chunk()
}
