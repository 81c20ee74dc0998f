//! Entries of the log: sealed, bound to their number, with the name of the file of keys in the open.
//!
//! An entry is `"GROMABK1" · SHA-256 of the keys file (32 bytes) · its generation (8, big endian) · nonce (12) · AES-256-GCM
//! ciphertext and tag`; the associated data is the head and the number. Inside is JSON.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::BackupKeys;
use crate::manifest::Manifest;
use crate::name::Blob;

const MAGIC: &[u8; 8] = b"GROMABK1";
const HEAD_BYTES: usize = 48;
/// More is none of ours: some ten million chunks.
pub(crate) const BYTES_MAX: u64 = 1 << 30;

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    /// Tells the writer its own entry from another's.
    pub(crate) id: Uuid,
    pub(crate) body: Body,
}

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Body {
    /// A backup. Everything that it names was there.
    Backup(Box<Manifest>),
    /// Objects that no backup before this entry needs, and that no later one may rely on.
    Trash(Objects),
    /// Chunks that were found damaged; who needs one writes it anew.
    Damaged(Objects),
}

/// Names of objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Objects {
    pub(crate) chunks: Vec<Blob>,
    #[serde(default)]
    pub(crate) keys: Vec<Blob>,
}

impl Objects {
    /// Returns where they lie.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.chunks.iter().map(|blob| blob.chunk()).chain(self.keys.iter().map(|blob| blob.keys()))
    }
}

impl Entry {
    /// Seals the entry for its number.
    pub(crate) fn seal(&self, keys: &BackupKeys, keys_file: Blob, number: u64) -> Vec<u8> {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        let mut out = Vec::with_capacity(HEAD_BYTES + plain.len() + crate::keys::OVERHEAD);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&keys_file.digest);
        out.extend_from_slice(&keys_file.generation.to_be_bytes());
        let place = place(&out, number);
        keys.seal_entry(&place, &plain, &mut out);
        out
    }

    /// Opens an entry; tells what is wrong with it if it does not open.
    pub(crate) fn open(
        keys: &BackupKeys,
        number: u64,
        mut bytes: Vec<u8>,
    ) -> Result<(Self, Blob), &'static str> {
        let keys_file = keys_file(&bytes).ok_or("it does not begin as an entry does")?;
        let (head, sealed) = bytes.split_at_mut_checked(HEAD_BYTES).ok_or("it is cut short")?;
        let place = place(head, number);
        let plain =
            keys.open_entry(&place, sealed).ok_or("it was changed, cut short, or sealed by other keys")?;
        let entry: Self = serde_json::from_slice(plain)
            .map_err(|_| "it says what this version of Groma does not understand")?;
        if let Body::Backup(manifest) = &entry.body {
            manifest.check()?;
        }
        Ok((entry, keys_file))
    }
}

/// Returns which file of keys goes with an entry, as it says in the open; `None` if it does not begin as an entry does.
pub(crate) fn keys_file(bytes: &[u8]) -> Option<Blob> {
    let (digest, generation) = bytes.get(..HEAD_BYTES)?.strip_prefix(MAGIC)?.split_at_checked(32)?;
    Some(Blob {
        digest: digest.try_into().ok()?,
        generation: u64::from_be_bytes(generation.try_into().ok()?),
    })
}

fn place(head: &[u8], number: u64) -> Vec<u8> {
    let mut place = head.to_vec();
    place.extend_from_slice(&number.to_be_bytes());
    place
}
