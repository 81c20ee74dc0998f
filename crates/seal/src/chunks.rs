//! Something long in a file of its own, sealed chunk by chunk as it comes.
//!
//! Chunks are `length (4, big endian) · envelope`. A chunk is bound to its file, its place in it, and whether it is the last, so
//! that nothing can be taken out, put in or cut off unnoticed (the STREAM construction of Hoang, Reyhanitabar, Rogaway and
//! Vizár, “Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance”, 2015).

use std::io::{self, Read, Write};

use crate::envelope::Place;
use crate::keyring::Keyring;

/// How much a chunk holds.
const CHUNK: usize = 1 << 20;

/// Which file chunks are of.
#[derive(Debug, Clone)]
struct Stream<'a> {
    keyring: &'a Keyring,
    column: &'static str,
    /// What tells the file from others of its kind.
    head: Vec<u8>,
    index: u32,
}

impl<'a> Stream<'a> {
    fn new(keyring: &'a Keyring, column: &'static str, head: &[u8]) -> Self {
        Self { keyring, column, head: head.to_vec(), index: 0 }
    }

    /// The row part of the next chunk's place.
    fn row(&self, is_last: bool) -> Vec<u8> {
        [&*self.head, &self.index.to_be_bytes(), &[u8::from(is_last)]].concat()
    }
}

/// Seals what is written; only what was [finished](Self::finish) opens.
#[derive(Debug)]
pub struct SealedWriter<'a, W> {
    stream: Stream<'a>,
    out: W,
    plain: Vec<u8>,
}

impl<'a, W: Write> SealedWriter<'a, W> {
    /// Begins; `head` tells the file from others of the same column, and is not written.
    pub fn new(keyring: &'a Keyring, column: &'static str, head: &[u8], out: W) -> Self {
        Self { stream: Stream::new(keyring, column, head), out, plain: Vec::with_capacity(CHUNK) }
    }

    /// Writes the last chunk and returns what it was written to.
    ///
    /// # Errors
    /// When that takes no more.
    pub fn finish(mut self) -> io::Result<W> {
        self.chunk(true)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn chunk(&mut self, is_last: bool) -> io::Result<()> {
        let row = self.stream.row(is_last);
        let sealed = self.stream.keyring.seal(Place::new(self.stream.column, &row), &self.plain);
        self.out.write_all(&u32::try_from(sealed.len()).map_err(io::Error::other)?.to_be_bytes())?;
        self.out.write_all(&sealed)?;
        self.stream.index = self.stream.index.checked_add(1).ok_or(io::ErrorKind::FileTooLarge)?;
        self.plain.clear();
        Ok(())
    }
}

impl<W: Write> Write for SealedWriter<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until it is known not to be the last.
        if self.plain.len() == CHUNK {
            self.chunk(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.plain.len());
        self.plain.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens what [`SealedWriter`] wrote. What was cut off, changed or written elsewhere is
/// [`InvalidData`](io::ErrorKind::InvalidData) or [`UnexpectedEof`](io::ErrorKind::UnexpectedEof), and nothing of the chunk in
/// which that shows is given out.
#[derive(Debug)]
pub struct SealedReader<'a, R> {
    stream: Stream<'a>,
    from: R,
    open: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<'a, R: Read> SealedReader<'a, R> {
    /// Begins with what [`SealedWriter::new`] was given.
    pub fn new(keyring: &'a Keyring, column: &'static str, head: &[u8], from: R) -> Self {
        Self { stream: Stream::new(keyring, column, head), from, open: Vec::new(), at: 0, ended: false }
    }

    fn advance(&mut self) -> io::Result<()> {
        let mut length = [0; 4];
        self.from.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > 2 * CHUNK {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut sealed = vec![0; length];
        self.from.read_exact(&mut sealed)?;
        let open = |is_last| {
            let row = self.stream.row(is_last);
            self.stream.keyring.open_sealed(Place::new(self.stream.column, &row), &sealed)
        };
        match open(false) {
            Ok(chunk) => self.open = chunk,
            Err(_) => {
                self.open = open(true).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
                self.ended = true;
            }
        }
        self.at = 0;
        self.stream.index = self.stream.index.checked_add(1).ok_or(io::ErrorKind::InvalidData)?;
        Ok(())
    }
}

impl<R: Read> Read for SealedReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.open.len() {
            if self.ended {
                return Ok(0);
            }
            self.advance()?;
        }
        let length = self.open.get(self.at..).unwrap_or_default().read(buffer)?;
        self.at += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests;
