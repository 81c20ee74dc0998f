//! A folder's keys: made at its first start, opened at every later one.

mod allowance;
mod slots;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::cipher::{Cipher, KeyBytes, keyed_digest, random_key};
use crate::envelope::{EnvelopeError, Place};
use crate::error::KeyringError;
use crate::file::{DataKey, KeysFile};
use crate::slot::{Slot, SlotInfo};
use crate::unlock::{self, Unlock};

pub use self::allowance::DataKeyState;
pub use self::slots::{NewSlot, RemovedSlot};

#[derive(Debug)]
struct Ciphers {
    current: u32,
    by_id: BTreeMap<u32, Cipher>,
}

/// The open keys of a folder.
pub struct Keyring {
    path: PathBuf,
    folder: Uuid,
    /// The slot that opened.
    used: Uuid,
    lookup: KeyBytes,
    master: KeyBytes,
    ciphers: RwLock<Ciphers>,
    /// Messages that may still be sealed before more must be reserved on disk.
    allowance: AtomicU64,
    /// How many are reserved next.
    block: AtomicU64,
    file: Mutex<KeysFile>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("folder", &self.folder).finish_non_exhaustive()
    }
}

const ENVELOPE_VERSION: u8 = 1;

impl Keyring {
    /// The file's name in the data folder.
    pub const FILE: &'static str = "keys.json";

    /// Opens the keys in `folder`, making them if `fresh` and there are none.
    ///
    /// # Errors
    /// When they are missing, damaged, or do not open with `unlock`.
    pub fn open(folder: &Path, unlock: &Unlock, fresh: bool) -> Result<Self, KeyringError> {
        let path = folder.join(Self::FILE);
        match KeysFile::read(&path)? {
            Some(file) => {
                let opened = unlock::open(&path, &file, unlock)?;
                Self::assemble(path, file, opened.master, opened.slot)
            }
            None if fresh => Self::create(path, unlock),
            None => Err(KeyringError::Missing { path }),
        }
    }

    /// Returns the data folder.
    #[must_use]
    pub fn data_folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// Returns the folder's own id.
    #[must_use]
    pub const fn folder(&self) -> Uuid {
        self.folder
    }

    /// Returns who can open the keys.
    #[must_use]
    pub fn slots(&self) -> Vec<SlotInfo> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.slots.iter().map(|slot| slot.info(Some(self.used))).collect()
    }

    /// Seals a value for a place.
    #[must_use]
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::new();
        self.seal_into(place, plain, &mut sealed);
        sealed
    }

    /// Seals a value for a place and appends it to `out`.
    pub fn seal_into(&self, place: Place<'_>, plain: &[u8], out: &mut Vec<u8>) {
        if self
            .allowance
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .is_err()
        {
            self.reserve();
        }
        let ciphers = self.ciphers.read().unwrap_or_else(PoisonError::into_inner);
        let Some(cipher) = ciphers.by_id.get(&ciphers.current) else {
            unreachable!("the current key is always among the open ones")
        };
        let aad = place.associated(ENVELOPE_VERSION, ciphers.current);
        out.reserve(5 + plain.len() + Cipher::OVERHEAD);
        out.push(ENVELOPE_VERSION);
        out.extend_from_slice(&ciphers.current.to_be_bytes());
        cipher.seal_into(&aad, plain, out);
    }

    /// Opens a sealed value of a place.
    ///
    /// # Errors
    /// When it is not what was sealed for that place.
    pub fn open_sealed(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
        let mut plain = Vec::with_capacity(sealed.len());
        self.open_into(place, sealed, &mut plain)?;
        Ok(plain)
    }

    /// Opens a sealed value of a place and appends it to `out`.
    ///
    /// # Errors
    /// When it is not what was sealed for that place; `out` is then as it was.
    pub fn open_into(&self, place: Place<'_>, sealed: &[u8], out: &mut Vec<u8>) -> Result<(), EnvelopeError> {
        let (head, body) = sealed.split_at_checked(5).ok_or(EnvelopeError::UnknownForm)?;
        let [ENVELOPE_VERSION, a, b, c, d] = *head else { return Err(EnvelopeError::UnknownForm) };
        let key = u32::from_be_bytes([a, b, c, d]);
        let ciphers = self.ciphers.read().unwrap_or_else(PoisonError::into_inner);
        let cipher = ciphers.by_id.get(&key).ok_or(EnvelopeError::UnknownKey(key))?;
        let aad = place.associated(ENVELOPE_VERSION, key);
        cipher.open_into(&aad, body, out).map_err(|_| EnvelopeError::Forged)
    }

    /// Returns a digest under which an equal value is found again; tells nothing to who lacks the keys.
    #[must_use]
    pub fn lookup(&self, column: &'static str, value: &[u8]) -> [u8; 16] {
        let digest = keyed_digest(self.lookup.as_slice(), &[column.as_bytes(), value]);
        let mut short = [0; 16];
        short.copy_from_slice(digest.split_at(16).0);
        short
    }

    /// Returns a key for a purpose outside the folder, such as backups: the same for all of the folder's life, whatever
    /// becomes of slots and data keys. It tells nothing of the master key, nor of the key for another purpose.
    #[must_use]
    pub fn derive(&self, purpose: &'static str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(keyed_digest(self.master.as_slice(), &[b"groma derive", purpose.as_bytes()]))
    }

    fn create(path: PathBuf, unlock: &Unlock) -> Result<Self, KeyringError> {
        let folder = Uuid::new_v4();
        let master = random_key();
        let (keeper, secret) = unlock::begin(folder, unlock)?;
        let slot = Slot::wrap(Uuid::new_v4(), keeper, &secret, &master);
        let used = slot.id;
        let mut file = KeysFile::new(folder, slot, DataKey::wrap(&master, folder, 1, &random_key()));
        file.write(&path, &master)?;
        Self::assemble(path, file, master, used)
    }

    fn assemble(path: PathBuf, file: KeysFile, master: KeyBytes, used: Uuid) -> Result<Self, KeyringError> {
        let opened = file.open(&master).map_err(|what| KeyringError::Damaged { path: path.clone(), what })?;
        // Nothing is reserved before something is sealed: a folder on a full disk can still be read.
        Ok(Self {
            folder: file.folder,
            used,
            lookup: Zeroizing::new(keyed_digest(master.as_slice(), &[b"groma lookup"])),
            master,
            ciphers: RwLock::new(Ciphers { current: file.current(), by_id: opened.into_iter().collect() }),
            allowance: AtomicU64::new(0),
            block: AtomicU64::new(allowance::BLOCK_MIN),
            file: Mutex::new(file),
            path,
        })
    }

    /// Changes the file of keys: on disk first, then in memory.
    fn change<T>(
        &self,
        change: impl FnOnce(&mut KeysFile) -> Result<T, KeyringError>,
    ) -> Result<T, KeyringError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = file.clone();
        changed
            .upgrade(&self.master)
            .map_err(|what| KeyringError::Damaged { path: self.path.clone(), what })?;
        let result = change(&mut changed)?;
        changed.write(&self.path, &self.master)?;
        *file = changed;
        Ok(result)
    }
}

#[cfg(test)]
mod tests;
