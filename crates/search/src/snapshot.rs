//! The index as bytes, to start from without opening and cutting every document again.
//!
//! The form is this crate's own: a version, then the catalogue, the words and the vectors, as little-endian numbers and
//! texts with their lengths. It is readable; whoever keeps it seals it. Whatever the bytes are, reading them ends in an
//! index that holds together or in an error: every number is compared with what it counts or points into, and nothing
//! is reserved for what is not there.

mod bytes;
mod catalogue;
mod vectors;
mod words;

use std::io::{Read, Write};

use bytes::{Reader, Writer};

use crate::error::SnapshotError;
use crate::index::{Index, Pending};
use crate::vectors::{Exact, VectorLimits, build_in_background};

/// What every snapshot begins with.
const MAGIC: &[u8; 8] = b"gromaidx";
/// The form that is written and read.
const VERSION: u32 = 2;
/// What the last part is followed by: what is cut short is noticed even where nothing would be missing.
const END: u32 = 0x0e0d_0c0b;

/// Which vectors a snapshot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedVectors {
    /// All that there are.
    All,
    /// None: their owner keeps them, and sets them again.
    None,
}

impl Index {
    /// Writes a snapshot: the catalogue, the words and, if wanted, the vectors, but not the graph of these. It is readable:
    /// seal it.
    ///
    /// # Errors
    /// When words are still to be taken in, or `out` fails.
    pub fn save(&self, vectors: SavedVectors, out: &mut dyn Write) -> Result<(), SnapshotError> {
        // Nobody writes meanwhile, so that the three parts are of one moment; readers go on.
        let pending = self.writer.lock();
        if !pending.live || !pending.documents.is_empty() {
            return Err(SnapshotError::Unready);
        }
        let mut writer = Writer::new(out);
        writer.raw(MAGIC)?;
        writer.u32(VERSION)?;
        catalogue::write(&self.catalogue.read(), &mut writer)?;
        words::write(&self.words.read(), &mut writer)?;
        match vectors {
            SavedVectors::All => vectors::write(self.vectors.read().exact(), &mut writer)?,
            SavedVectors::None => vectors::write(&Exact::default(), &mut writer)?,
        }
        writer.u32(END)?;
        writer.finish()
    }

    /// Reads a snapshot. The graph of vectors, if there are enough for one, is made in the background.
    ///
    /// # Errors
    /// When the bytes are no snapshot of this version, or `from` fails. Build the index anew then.
    pub fn load(from: &mut dyn Read) -> Result<Self, SnapshotError> {
        Self::load_with_limits(from, VectorLimits::default())
    }

    /// Reads a snapshot into an index with other limits of the approximate index.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_with_limits(from: &mut dyn Read, limits: VectorLimits) -> Result<Self, SnapshotError> {
        let mut reader = Reader::new(from);
        if reader.array::<8>()? != *MAGIC {
            return Err(SnapshotError::Damaged { what: "it does not begin as a snapshot does" });
        }
        let found = reader.u32()?;
        if found != VERSION {
            return Err(SnapshotError::Version { found, expected: VERSION });
        }
        let index = Self::with_limits(limits);
        let catalogue = catalogue::read(&mut reader)?;
        *index.words.write() = words::read(&mut reader, &catalogue)?;
        vectors::read(&mut reader, &catalogue, &mut index.vectors.write())?;
        if reader.u32()? != END {
            return Err(SnapshotError::Damaged { what: "it does not end as a snapshot does" });
        }
        *index.catalogue.write() = catalogue;
        *index.writer.lock() = Pending { live: true, ..Pending::default() };
        build_in_background(&index.vectors);
        Ok(index)
    }
}

#[cfg(test)]
mod tests;
