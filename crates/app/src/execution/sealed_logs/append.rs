//! Writes a sealed part.

use std::fs::File;
use std::io::{self, Write as _};

use groma_execution::AppendLog;

use super::frame::{EXTRA, LENGTH_BYTES, MAGIC, PLAIN_MAX, PartKey};
use super::read::SealedRead;

/// Appends to a sealed part.
#[derive(Debug)]
pub(super) struct SealedAppend {
    file: File,
    key: PartKey,
    /// Bytes of the file, and of what is sealed in it.
    written: u64,
    plain: u64,
    frames: Vec<u8>,
}

impl SealedAppend {
    /// Begins a part in an empty file.
    pub(super) fn begin(mut file: File, key: PartKey) -> io::Result<Self> {
        file.write_all(MAGIC)?;
        Ok(Self { file, key, written: MAGIC.len() as u64, plain: 0, frames: Vec::new() })
    }

    /// Goes on behind the last whole frame.
    pub(super) fn resume(mut file: File, mut read: SealedRead) -> io::Result<Self> {
        let (written, plain) = read.end()?;
        file.set_len(written)?;
        if written == 0 {
            file.write_all(MAGIC)?;
        }
        Ok(Self {
            file,
            key: read.into_key(),
            written: written.max(MAGIC.len() as u64),
            plain,
            frames: Vec::new(),
        })
    }
}

impl AppendLog for SealedAppend {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.frames.clear();
        self.frames.reserve(bytes.len() + bytes.len().div_ceil(PLAIN_MAX) * (LENGTH_BYTES + EXTRA));
        let mut offset = self.plain;
        for plain in bytes.chunks(PLAIN_MAX) {
            self.key.seal(offset, plain, &mut self.frames)?;
            offset += plain.len() as u64;
        }
        if let Err(error) = self.file.write_all(&self.frames) {
            // Half a frame would hide all that follows.
            self.file.set_len(self.written)?;
            return Err(error);
        }
        self.written += self.frames.len() as u64;
        self.plain = offset;
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }
}
