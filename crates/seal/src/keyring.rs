//! A folder's keys: made at its first start, opened at every later one.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::cipher::{Cipher, KeyBytes, keyed_digest, random_key};
use crate::envelope::{EnvelopeError, Place};
use crate::key_file;
use crate::slot::{Keeper, Slot};

/// What opens a folder's keys.
#[derive(Clone)]
pub enum Unlock {
    /// The key file `<folder id>.key` in this directory, made there at the first start.
    KeyFolder(PathBuf),
    /// This key file, made at the first start.
    KeyFile(PathBuf),
    /// A passphrase.
    Passphrase(Zeroizing<String>),
}

impl std::fmt::Debug for Unlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::KeyFolder(path) => f.debug_tuple("KeyFolder").field(path).finish(),
            Self::KeyFile(path) => f.debug_tuple("KeyFile").field(path).finish(),
            Self::Passphrase(_) => f.write_str("Passphrase(…)"),
        }
    }
}

/// Why a folder's keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The key file cannot be read.
    #[error("failed to read the key file `{path}`: bring back the file, or name it with --key-file", path = path.display())]
    ReadKeyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key file cannot be made.
    #[error("failed to write the key file `{path}`", path = path.display())]
    WriteKeyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others can read the key file.
    #[error("the key file `{path}` has mode {mode:03o}, so others can use it: run `chmod 600` on it", path = path.display())]
    KeyFileTooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key file holds no key.
    #[error("the key file `{path}` holds no Groma key", path = path.display())]
    KeyFileMalformed {
        /// The file.
        path: PathBuf,
    },
    /// No slot opens with what was given.
    #[error("{given} does not open the keys in `{path}`", path = path.display())]
    WrongKey {
        /// What was tried.
        given: &'static str,
        /// The keys.
        path: PathBuf,
    },
    /// The keys cannot be read or written.
    #[error("failed to {act} the keys in `{path}`", path = path.display())]
    Io {
        /// What was being done.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The keys are not what we wrote.
    #[error("the keys in `{path}` are damaged: bring back the file from a backup; without it the data cannot be read", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// There is data, but no keys to it.
    #[error("`{path}` is missing, and with it the keys to the data beside it: bring it back from a backup, or move the data away to start anew", path = path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
}

/// What is shown of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotInfo {
    /// The slot.
    pub id: Uuid,
    /// `key_file` or `passphrase`.
    pub kind: &'static str,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysFile {
    version: u32,
    folder: Uuid,
    slots: Vec<Slot>,
    keys: Vec<DataKey>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DataKey {
    id: u32,
    wrapped: String,
    /// Messages that may have been sealed with this key: random 96-bit nonces allow 2^32.
    reserved: u64,
}

#[derive(Debug)]
struct Ciphers {
    current: u32,
    by_id: BTreeMap<u32, Cipher>,
}

/// The open keys of a folder.
#[derive(Debug)]
pub struct Keyring {
    path: PathBuf,
    folder: Uuid,
    slots: Vec<SlotInfo>,
    lookup: KeyBytes,
    master: Cipher,
    ciphers: RwLock<Ciphers>,
    /// Messages that may still be sealed before more must be reserved on disk.
    allowance: AtomicU64,
    file: std::sync::Mutex<KeysFile>,
}

const VERSION: u32 = 1;
const ENVELOPE_VERSION: u8 = 1;
/// Messages reserved at once: one small file written per so many messages.
const BLOCK: u64 = 1 << 20;
/// NIST SP 800-38D, section 8.3, halved.
const MESSAGES_MAX: u64 = 1 << 31;

impl Keyring {
    /// The file's name in the data folder.
    pub const FILE: &'static str = "keys.json";

    /// Opens the keys in `folder`, making them if `fresh` and there are none.
    ///
    /// # Errors
    /// When they are missing, damaged, or do not open with `unlock`.
    pub fn open(folder: &Path, unlock: &Unlock, fresh: bool) -> Result<Self, KeyringError> {
        let path = folder.join(Self::FILE);
        match fs::read(&path) {
            Ok(bytes) => Self::unlock(path, &bytes, unlock),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && fresh => Self::create(path, unlock),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(KeyringError::Missing { path }),
            Err(source) => Err(KeyringError::Io { act: "read", path, source }),
        }
    }

    /// Returns the folder's own id.
    #[must_use]
    pub const fn folder(&self) -> Uuid {
        self.folder
    }

    /// Returns who can open the keys.
    #[must_use]
    pub fn slots(&self) -> &[SlotInfo] {
        &self.slots
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

    fn create(path: PathBuf, unlock: &Unlock) -> Result<Self, KeyringError> {
        let folder = Uuid::new_v4();
        let master = random_key();
        let slot = match unlock {
            Unlock::KeyFolder(keys) => {
                Slot::wrap(Keeper::KeyFile {}, key_file::create(&key_path(keys, folder))?.as_slice(), &master)
            }
            Unlock::KeyFile(file) => {
                Slot::wrap(Keeper::KeyFile {}, key_file::create(file)?.as_slice(), &master)
            }
            Unlock::Passphrase(text) => Slot::wrap(Keeper::PASSPHRASE, text.as_bytes(), &master),
        };
        let Some(slot) = slot else { unreachable!("our own derivation parameters are valid") };
        let file = KeysFile {
            version: VERSION,
            folder,
            slots: vec![slot],
            keys: vec![data_key(&master, folder, 1)],
        };
        write(&path, &file)?;
        Self::assemble(path, file, master)
    }

    fn unlock(path: PathBuf, bytes: &[u8], unlock: &Unlock) -> Result<Self, KeyringError> {
        let file: KeysFile =
            serde_json::from_slice(bytes).map_err(|_| KeyringError::Damaged { path: path.clone() })?;
        if file.version != VERSION {
            return Err(KeyringError::Damaged { path });
        }
        let (secret, given): (Zeroizing<Vec<u8>>, _) = match unlock {
            Unlock::KeyFolder(keys) => {
                (Zeroizing::new(key_file::read(&key_path(keys, file.folder))?.to_vec()), "the key file")
            }
            Unlock::KeyFile(file) => (Zeroizing::new(key_file::read(file)?.to_vec()), "the key file"),
            Unlock::Passphrase(text) => (Zeroizing::new(text.as_bytes().to_vec()), "the passphrase"),
        };
        let wants_file = !matches!(unlock, Unlock::Passphrase(_));
        let master = file
            .slots
            .iter()
            .filter(|slot| matches!(slot.keeper, Keeper::KeyFile {}) == wants_file)
            .find_map(|slot| slot.unwrap_master(&secret));
        match master {
            Some(master) => Self::assemble(path, file, master),
            None => Err(KeyringError::WrongKey { given, path }),
        }
    }

    fn assemble(path: PathBuf, file: KeysFile, master: KeyBytes) -> Result<Self, KeyringError> {
        let damaged = || KeyringError::Damaged { path: path.clone() };
        let wrapper = Cipher::new(&master);
        let mut by_id = BTreeMap::new();
        for key in &file.keys {
            by_id.insert(key.id, open_data_key(&wrapper, file.folder, key).ok_or_else(damaged)?);
        }
        let current = file.keys.iter().map(|key| key.id).max().ok_or_else(damaged)?;
        let kind = |keeper: &Keeper| match keeper {
            Keeper::KeyFile {} => "key_file",
            Keeper::Passphrase { .. } => "passphrase",
        };
        let slots =
            file.slots.iter().map(|slot| SlotInfo { id: slot.id, kind: kind(&slot.keeper) }).collect();
        // Nothing is reserved before something is sealed: a folder on a full disk can still be read.
        Ok(Self {
            folder: file.folder,
            slots,
            lookup: Zeroizing::new(keyed_digest(master.as_slice(), &[b"groma lookup"])),
            master: wrapper,
            ciphers: RwLock::new(Ciphers { current, by_id }),
            allowance: AtomicU64::new(0),
            file: std::sync::Mutex::new(file),
            path,
        })
    }

    /// Reserves more messages; when that cannot be written, goes on within the large margin that the limit has.
    fn reserve(&self) {
        if self.try_reserve().is_err() {
            self.allowance.store(BLOCK, Ordering::Relaxed);
        }
    }

    fn try_reserve(&self) -> Result<(), KeyringError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if self.allowance.load(Ordering::Relaxed) > 0 {
            return Ok(());
        }
        let mut changed = file.clone();
        let Some(newest) = changed.keys.iter_mut().max_by_key(|key| key.id) else {
            unreachable!("keys without a current one do not open")
        };
        newest.reserved += BLOCK;
        let mut fresh = None;
        if newest.reserved > MESSAGES_MAX {
            let (id, key) = (newest.id + 1, random_key());
            changed.keys.push(wrap_data_key(&self.master, self.folder, id, &key));
            fresh = Some((id, Cipher::new(&key)));
        }
        write(&self.path, &changed)?;
        *file = changed;
        if let Some((id, cipher)) = fresh {
            let mut ciphers = self.ciphers.write().unwrap_or_else(PoisonError::into_inner);
            ciphers.by_id.insert(id, cipher);
            ciphers.current = id;
        }
        self.allowance.store(BLOCK, Ordering::Relaxed);
        Ok(())
    }
}

/// Unwraps a data key.
fn open_data_key(master: &Cipher, folder: Uuid, key: &DataKey) -> Option<Cipher> {
    let wrapped = BASE64.decode(&key.wrapped).ok()?;
    let opened = Zeroizing::new(master.open(&key_place(folder, key.id), &wrapped).ok()?);
    let mut bytes = Zeroizing::new([0; 32]);
    if opened.len() != bytes.len() {
        return None;
    }
    bytes.copy_from_slice(&opened);
    Some(Cipher::new(&bytes))
}

fn key_path(keys: &Path, folder: Uuid) -> PathBuf {
    keys.join(format!("{folder}.key"))
}

fn key_place(folder: Uuid, id: u32) -> Vec<u8> {
    let mut place = b"groma data key".to_vec();
    place.extend_from_slice(folder.as_bytes());
    place.extend_from_slice(&id.to_be_bytes());
    place
}

fn data_key(master: &KeyBytes, folder: Uuid, id: u32) -> DataKey {
    wrap_data_key(&Cipher::new(master), folder, id, &random_key())
}

fn wrap_data_key(master: &Cipher, folder: Uuid, id: u32, key: &KeyBytes) -> DataKey {
    let mut wrapped = Vec::with_capacity(32 + Cipher::OVERHEAD);
    master.seal_into(&key_place(folder, id), key.as_slice(), &mut wrapped);
    DataKey { id, wrapped: BASE64.encode(wrapped), reserved: BLOCK }
}

/// Writes beside, syncs, renames, syncs the folder: after a crash there is the old file or the new one.
fn write(path: &Path, file: &KeysFile) -> Result<(), KeyringError> {
    let failed = |source| KeyringError::Io { act: "write", path: path.to_owned(), source };
    let text = serde_json::to_vec_pretty(file).map_err(|error| failed(error.into()))?;
    let beside = path.with_extension("json.new");
    let mut out = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .map_err(failed)?;
    out.write_all(&text).and_then(|()| out.sync_all()).map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)?;
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
