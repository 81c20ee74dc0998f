//! Reads a sealed part from anywhere, also while it is written.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use groma_execution::ReadLog;

use super::frame::{EXTRA, LENGTH_BYTES, MAGIC, PLAIN_MAX, PartKey};

/// Frames between two places that are remembered.
const STRIDE: u64 = 32;

/// Where a frame begins: in the file, and what is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    file: u64,
    plain: u64,
}

const BEGIN: Place = Place { file: MAGIC.len() as u64, plain: 0 };

/// Reads a sealed part.
#[derive(Debug)]
pub(super) struct SealedRead {
    file: File,
    key: PartKey,
    /// Every so many-th frame that was passed.
    places: Vec<Place>,
    /// The frame behind the last that was ever passed, and how many that were.
    front: Place,
    passed: u64,
    /// The frame that is open.
    at: Place,
    next: Place,
    plain: Vec<u8>,
    checked: bool,
}

impl SealedRead {
    pub(super) const fn new(file: File, key: PartKey) -> Self {
        Self {
            file,
            key,
            places: Vec::new(),
            front: BEGIN,
            passed: 0,
            at: BEGIN,
            next: BEGIN,
            plain: Vec::new(),
            checked: false,
        }
    }

    pub(super) fn into_key(self) -> PartKey {
        self.key
    }

    /// Returns where the last whole frame ends: in the file, and of what is sealed. An empty file ends at 0.
    pub(super) fn end(&mut self) -> io::Result<(u64, u64)> {
        if !self.check()? {
            return Ok((0, 0));
        }
        while self.step(self.front)?.is_some() {}
        // The last may be whole in length and yet not what was to be written.
        match self.load(u64::MAX)? {
            true => Ok((self.next.file, self.next.plain)),
            false => Ok((self.at.file, self.at.plain)),
        }
    }

    /// Checks once what the file is; `false` while that is not written.
    fn check(&mut self) -> io::Result<bool> {
        if !self.checked {
            let mut found = [0; MAGIC.len()];
            if read_whole(&self.file, &mut found, 0)? < found.len() {
                return Ok(false);
            }
            if found != *MAGIC {
                return Err(damaged("it does not begin as a sealed log does"));
            }
            self.checked = true;
        }
        Ok(true)
    }

    /// Returns how long the frame at a place is, without its length, and where the next one begins; `None` if it is not
    /// all there.
    fn step(&mut self, at: Place) -> io::Result<Option<Place>> {
        let mut length = [0; LENGTH_BYTES];
        if read_whole(&self.file, &mut length, at.file)? < LENGTH_BYTES {
            return Ok(None);
        }
        let length = u32::from_le_bytes(length) as usize;
        let end = at.file + (LENGTH_BYTES + length) as u64;
        if self.file.metadata()?.len() < end {
            return Ok(None);
        }
        if !(EXTRA..=EXTRA + PLAIN_MAX).contains(&length) {
            return Err(damaged("a frame has an impossible length"));
        }
        let next = Place { file: end, plain: at.plain + (length - EXTRA) as u64 };
        if at == self.front {
            if self.passed.is_multiple_of(STRIDE) {
                self.places.push(at);
            }
            self.passed += 1;
            self.front = next;
        }
        Ok(Some(next))
    }

    /// Opens the frame that holds `offset`, or the last before it if there is none; returns whether any is open then.
    fn load(&mut self, offset: u64) -> io::Result<bool> {
        let mut at = if self.at.plain <= offset {
            self.at
        } else {
            let behind = self.places.partition_point(|place| place.plain <= offset);
            behind.checked_sub(1).and_then(|before| self.places.get(before)).copied().unwrap_or(BEGIN)
        };
        // A jump ahead goes by what is remembered.
        let behind = self.places.partition_point(|place| place.plain <= offset);
        if let Some(place) = behind.checked_sub(1).and_then(|before| self.places.get(before))
            && place.plain > at.plain
        {
            at = *place;
        }
        let Some(mut next) = self.step(at)? else {
            self.at = at;
            return Ok(false);
        };
        while next.plain <= offset {
            match self.step(next)? {
                Some(behind) => (at, next) = (next, behind),
                None => break,
            }
        }
        if (self.at, self.next) == (at, next) && !self.plain.is_empty() {
            return Ok(true);
        }
        let body_bytes = (next.file - at.file) as usize - LENGTH_BYTES;
        self.plain.clear();
        self.plain.resize(body_bytes, 0);
        if read_whole(&self.file, &mut self.plain, at.file + LENGTH_BYTES as u64)? < body_bytes {
            self.plain.clear();
            return Ok(false);
        }
        match self.key.open(at.plain, &mut self.plain).map(<[u8]>::len) {
            Some(length) => {
                let begin = EXTRA - 16;
                self.plain.copy_within(begin..begin + length, 0);
                self.plain.truncate(length);
                (self.at, self.next) = (at, next);
                Ok(true)
            }
            // What a machine that lost power wrote last may be anything.
            None if self.file.metadata()?.len() == next.file => {
                self.plain.clear();
                (self.at, self.next) = (at, at);
                Ok(false)
            }
            None => Err(damaged("a frame was changed, or belongs to another place")),
        }
    }
}

impl ReadLog for SealedRead {
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.check()? {
            return Ok(0);
        }
        let mut filled = 0;
        while filled < buffer.len() {
            let wanted = offset + filled as u64;
            if !self.load(wanted)? {
                break;
            }
            let skip = usize::try_from(wanted - self.at.plain).unwrap_or(usize::MAX);
            let there = self.plain.get(skip..).unwrap_or_default();
            if there.is_empty() {
                break;
            }
            let rest = buffer.get_mut(filled..).unwrap_or_default();
            let count = there.len().min(rest.len());
            if let (Some(to), Some(from)) = (rest.get_mut(..count), there.get(..count)) {
                to.copy_from_slice(from);
            }
            filled += count;
        }
        Ok(filled)
    }
}

/// Reads until the buffer is full or the file ends.
fn read_whole(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset + filled as u64) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the log is damaged: {what}"))
}
