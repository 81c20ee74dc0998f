//! What a backup holds: files, the chunks that they are made of, and what the caller says of it.

use std::fmt;
use std::path::{Component, Path};
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::hex::{self, Hex};
use crate::name::{Blob, NoName};

/// A position in the journal of events: its history, and the number within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalHead {
    /// The history: a later one has a higher number.
    pub epoch: u64,
    /// The last event in it.
    pub number: u64,
}

impl fmt::Display for JournalHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.number)
    }
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// When it was begun, by the clock of who made it.
    pub(crate) created: Timestamp,
    /// The version of Groma that made it.
    pub(crate) version: String,
    /// The schema of the database.
    pub(crate) schema: i64,
    /// The journal's head in the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) journal: Option<JournalHead>,
    /// What the caller counted in the database.
    pub(crate) counts: Value,
    /// What the caller asked of the database, with the answers.
    pub(crate) facts: Value,
    /// What content is made of, in order.
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) files: Vec<FileRecord>,
}

/// A chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Chunk {
    pub(crate) blob: Blob,
    /// Of its plain content.
    pub(crate) bytes: u32,
}

impl Chunk {
    /// Returns the size of the object that holds it.
    pub(crate) const fn object_bytes(self) -> u64 {
        self.bytes as u64 + crate::keys::OVERHEAD as u64
    }
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileRecord {
    /// Within the folder, with `/` between its parts.
    pub(crate) path: String,
    pub(crate) bytes: u64,
    /// The SHA-256 of all of it.
    pub(crate) sha256: Sha256,
    /// The chunk in which it begins, and where in it; it goes on at the beginning of the next ones.
    pub(crate) chunk: u32,
    pub(crate) offset: u32,
}

/// A part of a chunk that is a part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slice {
    /// Which chunk of the manifest's list.
    pub(crate) chunk: usize,
    /// Where in the chunk's content.
    pub(crate) at: usize,
    /// Where in the file.
    pub(crate) file_at: u64,
    pub(crate) bytes: usize,
}

impl FileRecord {
    /// Returns of which parts of which chunks the file is made.
    pub(crate) fn slices<'a>(&'a self, chunks: &'a [Chunk]) -> impl Iterator<Item = Slice> + 'a {
        let mut chunk = self.chunk as usize;
        let mut at = self.offset as usize;
        let mut file_at = 0;
        std::iter::from_fn(move || {
            if file_at >= self.bytes {
                return None;
            }
            let there = (chunks.get(chunk)?.bytes as usize).checked_sub(at)?;
            let left = usize::try_from(self.bytes - file_at).unwrap_or(usize::MAX);
            let slice = Slice { chunk, at, file_at, bytes: there.min(left) };
            file_at += slice.bytes as u64;
            chunk += 1;
            at = 0;
            (slice.bytes > 0).then_some(slice)
        })
    }
}

impl Manifest {
    /// Returns the bytes of content of all files.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// Refuses what no version of Groma writes: paths that lead out of the folder, files without content.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let mut seen = std::collections::HashSet::with_capacity(self.files.len());
        for file in &self.files {
            if !is_inside(&file.path) {
                return Err("it has a file that would lie outside of the folder");
            }
            if !seen.insert(file.path.as_str()) {
                return Err("it has a file twice");
            }
            let bytes = file.slices(&self.chunks).fold(0, |sum: u64, slice| sum + slice.bytes as u64);
            if bytes != file.bytes {
                return Err("it has a file of which content is missing");
            }
        }
        Ok(())
    }
}

fn is_inside(path: &str) -> bool {
    let normal = |component| matches!(component, Component::Normal(_));
    let parts = Path::new(path).components().collect::<Vec<_>>();
    !parts.is_empty()
        && parts.iter().all(|part| normal(*part))
        && parts.iter().map(|part| part.as_os_str().len() + 1).sum::<usize>() == path.len() + 1
        && !path.contains('\0')
}

impl fmt::Display for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.blob, self.bytes)
    }
}

impl FromStr for Chunk {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Self, NoName> {
        let (blob, bytes) = text.split_once(':').ok_or(NoName)?;
        let bytes = crate::name::number(bytes).and_then(|bytes| u32::try_from(bytes).ok());
        Ok(Self { blob: blob.parse()?, bytes: bytes.ok_or(NoName)? })
    }
}

impl Serialize for Chunk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Chunk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A SHA-256 of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sha256(pub(crate) [u8; 32]);

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::digest(&text).map(Self).ok_or_else(|| serde::de::Error::custom("not a digest"))
    }
}
