//! The one object that stands in the open besides the wrapped keys: what a new machine must know first.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::hex::Hex;
use crate::keys::BackupKeys;

/// The format that is written.
pub(crate) const FORMAT: u32 = 1;
/// More is none of ours.
pub(crate) const BYTES_MAX: u64 = 4096;
/// What a chunk may hold.
pub(crate) const CHUNK_BYTES_MIN: u32 = 4 << 10;
pub(crate) const CHUNK_BYTES_MAX: u32 = 64 << 20;

/// What holds for all of a repository; it never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) format: u32,
    /// Whose backups these are.
    pub(crate) folder: Uuid,
    /// What a chunk holds at most.
    pub(crate) chunk_bytes: u32,
    /// Over the above, keyed.
    check: String,
}

/// What is wrong with a config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    TooNew(u32),
    Other(&'static str),
}

impl Config {
    pub(crate) fn new(keys: &BackupKeys, chunk_bytes: u32) -> Self {
        let mut config = Self { format: FORMAT, folder: keys.folder(), chunk_bytes, check: String::new() };
        config.check = config.checked(keys);
        config
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads a config, of which nothing is known to be ours before [`Config::is_ours`].
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        const STRANGE: Fault = Fault::Other("it is not what Groma writes");
        // Looked at first: a later format may well have fields that this one does not know.
        let form: Form = serde_json::from_slice(bytes).map_err(|_| STRANGE)?;
        if form.format > FORMAT {
            return Err(Fault::TooNew(form.format));
        }
        let config: Self = serde_json::from_slice(bytes).map_err(|_| STRANGE)?;
        if config.format != FORMAT || !(CHUNK_BYTES_MIN..=CHUNK_BYTES_MAX).contains(&config.chunk_bytes) {
            return Err(STRANGE);
        }
        Ok(config)
    }

    /// Returns whether these keys wrote it.
    pub(crate) fn is_ours(&self, keys: &BackupKeys) -> bool {
        self.check == self.checked(keys)
    }

    fn checked(&self, keys: &BackupKeys) -> String {
        let text = format!("{} {} {}", self.format, self.folder, self.chunk_bytes);
        Hex(&keys.check(text.as_bytes())).to_string()
    }
}
