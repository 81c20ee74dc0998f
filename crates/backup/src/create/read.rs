//! Reads files, cuts them into chunks, and hands on those that are not in the repository yet.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use bytes::Bytes;
use ring::digest::{Context, SHA256};
use tokio::sync::mpsc::Sender;

use super::draft::{Content, Part};
use crate::bundle::Group;
use crate::error::BackupError;
use crate::keys::{BackupKeys, bytes};
use crate::manifest::{Chunk, FileRecord, Sha256};
use crate::name::Blob;
use crate::progress::Meter;
use crate::source::SourceFile;
use crate::stock::{Choice, Stock};

/// A chunk to be sent.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) blob: Blob,
    pub(crate) content: Bytes,
    /// Whether something that is not what it should be may lie in its place.
    pub(crate) mend: bool,
    /// Of its plain content.
    pub(crate) bytes: u32,
}

/// Reads everything; blocks. Ends early, and without error, when nobody takes chunks any more.
pub(crate) struct Reading {
    pub(crate) keys: BackupKeys,
    pub(crate) stock: Stock,
    pub(crate) chunk_bytes: usize,
    pub(crate) sender: Sender<Sealed>,
    pub(crate) meter: Meter,
    pub(crate) content: Content,
}

impl Reading {
    pub(crate) fn run(mut self, groups: Vec<Group>) -> Result<(Content, Stock), BackupError> {
        for group in groups {
            let goes_on = match group {
                Group::Large(file) => self.large(&file)?,
                Group::Bundle(files) => self.bundle(files)?,
            };
            if !goes_on {
                break;
            }
        }
        Ok((self.content, self.stock))
    }

    fn large(&mut self, file: &SourceFile) -> Result<bool, BackupError> {
        let failed = |error| BackupError::io("read", &file.place, error);
        let mut open = match File::open(&file.place) {
            // Cleared away since it was found.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
            opened => opened.map_err(failed)?,
        };
        let place = Arc::new(file.place.clone());
        let first = self.content.chunks.len();
        let mut digest = Context::new(&SHA256);
        let mut at = 0;
        // What is appended meanwhile belongs to the next backup.
        while at < file.bytes {
            let wanted = self.chunk_bytes.min(usize::try_from(file.bytes - at).unwrap_or(usize::MAX));
            let mut plain = Vec::with_capacity(wanted);
            (&mut open).take(wanted as u64).read_to_end(&mut plain).map_err(failed)?;
            if plain.is_empty() {
                break;
            }
            digest.update(&plain);
            let part = Part { place: Arc::clone(&place), at, bytes: plain.len() };
            at += plain.len() as u64;
            if !self.chunk(&plain, vec![part]) {
                return Ok(false);
            }
        }
        self.record(file, at, &digest.finish(), first, 0);
        Ok(true)
    }

    fn bundle(&mut self, files: Vec<SourceFile>) -> Result<bool, BackupError> {
        let mut plain = Vec::new();
        let mut parts = Vec::new();
        for file in files {
            let failed = |error| BackupError::io("read", &file.place, error);
            let open = match File::open(&file.place) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                opened => opened.map_err(failed)?,
            };
            let offset = plain.len();
            open.take(file.bytes).read_to_end(&mut plain).map_err(failed)?;
            let own = plain.get(offset..).unwrap_or_default();
            let mut digest = Context::new(&SHA256);
            digest.update(own);
            let own = own.len();
            self.record(&file, own as u64, &digest.finish(), self.content.chunks.len(), offset);
            if own > 0 {
                parts.push(Part { place: Arc::new(file.place), at: 0, bytes: own });
            }
        }
        Ok(plain.is_empty() || self.chunk(&plain, parts))
    }

    fn record(
        &mut self,
        file: &SourceFile,
        bytes: u64,
        sha: &ring::digest::Digest,
        chunk: usize,
        offset: usize,
    ) {
        let small = |number| u32::try_from(number).unwrap_or(u32::MAX);
        self.content.files.push(FileRecord {
            path: file.path.clone(),
            bytes,
            sha256: Sha256(self::bytes(sha.as_ref())),
            chunk: small(chunk),
            offset: small(offset),
        });
    }

    /// Takes in a chunk; returns whether anybody still wants more.
    fn chunk(&mut self, plain: &[u8], parts: Vec<Part>) -> bool {
        let digest = self.keys.name(plain);
        let bytes = u32::try_from(plain.len()).unwrap_or(u32::MAX);
        let choice = self.stock.choose(digest, bytes);
        let (Choice::Reuse(blob) | Choice::Write(blob) | Choice::Mend(blob)) = choice;
        let seen = matches!(choice, Choice::Reuse(_));
        self.content.chunks.push(Chunk { blob, bytes });
        self.content.parts.push(parts);
        if seen {
            self.meter.chunk(u64::from(bytes), true);
            self.content.reused.insert(digest, bytes);
            return !self.sender.is_closed();
        }
        let content = self.keys.seal_chunk(&digest, plain).into();
        let sealed = Sealed { blob, content, mend: matches!(choice, Choice::Mend(_)), bytes };
        self.sender.blocking_send(sealed).is_ok()
    }
}

/// Reads a chunk's content once more. Blocks.
pub(crate) fn again(parts: &[Part]) -> Result<Vec<u8>, BackupError> {
    let mut plain = Vec::new();
    for part in parts {
        let changed = || BackupError::Changed { path: part.place.as_ref().clone() };
        let mut file = match File::open(part.place.as_ref()) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(changed()),
            opened => opened.map_err(|error| BackupError::io("read", &part.place, error))?,
        };
        let failed = |error| BackupError::io("read", &part.place, error);
        file.seek(SeekFrom::Start(part.at)).map_err(failed)?;
        let read = file.take(part.bytes as u64).read_to_end(&mut plain).map_err(failed)?;
        if read != part.bytes {
            return Err(changed());
        }
    }
    Ok(plain)
}
