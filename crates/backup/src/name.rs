//! How objects are named. A name tells nothing to who lacks the keys, and is never given twice to what may differ.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::hex::{self, Hex};

/// What an object holds, and the head of the log that its writer knew: see [`crate::log`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Blob {
    /// Of a chunk the keyed digest of its plain bytes, of a file of keys the SHA-256.
    pub(crate) digest: [u8; 32],
    /// The last number of the log that was there when the name was chosen.
    pub(crate) generation: u64,
}

impl Blob {
    /// Returns where a chunk lies.
    pub(crate) fn chunk(self) -> String {
        let head = self.digest.first().copied().unwrap_or_default();
        format!("{CHUNKS}/{}/{self}", Hex(&[head]))
    }

    /// Returns where a file of keys lies.
    pub(crate) fn keys(self) -> String {
        format!("{KEYS}/{self}")
    }
}

/// The folders of a repository, and its one file.
pub(crate) const CHUNKS: &str = "chunks";
pub(crate) const KEYS: &str = "keys";
pub(crate) const LOG: &str = "log";
pub(crate) const CONFIG: &str = "config";

impl fmt::Display for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", Hex(&self.digest), self.generation)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Returned for a text that is no name of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of an object")]
pub(crate) struct NoName;

impl FromStr for Blob {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Self, NoName> {
        let (digest, generation) = text.split_once('.').ok_or(NoName)?;
        let digest = hex::digest(digest).ok_or(NoName)?;
        Ok(Self { digest, generation: number(generation).ok_or(NoName)? })
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Reads the last part of the path of a chunk or a file of keys; `None` for what is not ours.
pub(crate) fn blob(path: &str) -> Option<Blob> {
    let blob: Blob = path.rsplit('/').next()?.parse().ok()?;
    (path == blob.chunk() || path == blob.keys()).then_some(blob)
}

/// Returns where an entry of the log lies; names sort as numbers do.
pub(crate) fn entry(number: u64) -> String {
    format!("{LOG}/{number:012}")
}

/// Reads the path of an entry of the log.
pub(crate) fn entry_number(path: &str) -> Option<u64> {
    let digits = path.strip_prefix(LOG)?.strip_prefix('/')?;
    let number: u64 = digits.parse().ok()?;
    (path == entry(number)).then_some(number)
}

/// Reads a number in the one way in which it is written.
pub(crate) fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests;
