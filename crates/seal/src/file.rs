//! The file of keys: slots and wrapped data keys, with a check over the whole of it.
//!
//! Form 1 had no check; it is read, and replaced by form 2 at the first change. What form 2 wraps is bound to form 2, so
//! that a file cannot pass as form 1 to go without the check.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::cipher::{Cipher, KeyBytes, keyed_digest};
use crate::error::KeyringError;
use crate::slot::Slot;
use crate::step::step;

/// The form that is written.
const VERSION: u32 = 2;
const BYTES_MAX: u64 = 1 << 20;
/// A file with more would be refused, so no more are made.
pub(crate) const DATA_KEYS_MAX: usize = 2048;
pub(crate) const SLOTS_MAX: usize = 32;
/// What trying all slots may cost, in KiB that Argon2 writes: some twenty of our own passphrases.
const COST_MAX: u64 = 4 << 20;

/// The file of keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeysFile {
    pub(crate) version: u32,
    pub(crate) folder: Uuid,
    pub(crate) slots: Vec<Slot>,
    pub(crate) keys: Vec<DataKey>,
    /// Over all of the above, keyed by the master key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check: Option<String>,
}

/// A wrapped data key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DataKey {
    pub(crate) id: u32,
    wrapped: String,
    /// Messages that may have been sealed with this key: random 96-bit nonces allow 2^32.
    pub(crate) reserved: u64,
}

impl KeysFile {
    pub(crate) fn new(folder: Uuid, slot: Slot, key: DataKey) -> Self {
        Self { version: VERSION, folder, slots: vec![slot], keys: vec![key], check: None }
    }

    /// Reads the file; `None` if there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, KeyringError> {
        let failed = |source| KeyringError::Io { act: "read", path: path.to_owned(), source };
        let damaged = |what| KeyringError::Damaged { path: path.to_owned(), what };
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => {}
            Ok(_) => return Err(damaged("it is not a file")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        }
        let mut bytes = Vec::new();
        File::open(path).and_then(|file| file.take(BYTES_MAX).read_to_end(&mut bytes)).map_err(failed)?;
        #[derive(Deserialize)]
        struct Form {
            version: u32,
        }
        // Looked at first: a later form may well have fields that this one does not know.
        let form: Form =
            serde_json::from_slice(&bytes).map_err(|_| damaged("it is not what Groma writes"))?;
        if form.version > VERSION {
            return Err(KeyringError::TooNew { path: path.to_owned(), found: form.version, known: VERSION });
        }
        let file: Self =
            serde_json::from_slice(&bytes).map_err(|_| damaged("it is not what Groma writes"))?;
        file.bounds().map_err(damaged)?;
        Ok(Some(file))
    }

    /// Refuses what would cost too much to look at: nothing of it is known to be ours yet.
    fn bounds(&self) -> Result<(), &'static str> {
        if !(1..=VERSION).contains(&self.version) || (self.version == 1) != self.check.is_none() {
            return Err("its form is unknown");
        }
        if self.slots.len() > SLOTS_MAX {
            return Err("it has too many slots");
        }
        if self.keys.is_empty() || self.keys.len() > DATA_KEYS_MAX {
            return Err("it has no keys, or too many");
        }
        let cost = self.slots.iter().try_fold(0, |sum: u64, slot| slot.keeper.cost().map(|cost| sum + cost));
        match cost {
            Some(cost) if cost <= COST_MAX => Ok(()),
            _ => Err("its slots would take too long to try"),
        }
    }

    /// Opens the data keys, if the file is what was written with this master key.
    pub(crate) fn open(&self, master: &KeyBytes) -> Result<Vec<(u32, Cipher)>, &'static str> {
        if self.version > 1 && self.check.as_deref() != Some(self.checked(master).as_str()) {
            return Err("somebody changed it");
        }
        let wrapper = Cipher::new(master);
        let mut opened = Vec::with_capacity(self.keys.len());
        for key in &self.keys {
            if opened.iter().any(|(id, _)| *id == key.id) {
                return Err("it has a key twice");
            }
            let bytes = key.unwrap_bytes(&wrapper, self.version, self.folder).ok_or("a key does not open")?;
            opened.push((key.id, Cipher::new(&bytes)));
        }
        Ok(opened)
    }

    /// Brings the file to the form that is written.
    pub(crate) fn upgrade(&mut self, master: &KeyBytes) -> Result<(), &'static str> {
        if self.version == VERSION {
            return Ok(());
        }
        let wrapper = Cipher::new(master);
        for key in &mut self.keys {
            let bytes = key.unwrap_bytes(&wrapper, self.version, self.folder).ok_or("a key does not open")?;
            key.wrapped = DataKey::wrap(master, self.folder, key.id, &bytes).wrapped;
        }
        self.version = VERSION;
        Ok(())
    }

    fn checked(&self, master: &KeyBytes) -> String {
        let bare = Self { check: None, ..self.clone() };
        // Our own types always can be written as JSON; if not, nothing matches.
        let text = serde_json::to_vec(&bare).unwrap_or_default();
        BASE64.encode(keyed_digest(master.as_slice(), &[b"groma keys file", &text]))
    }

    /// Writes beside, syncs, renames, syncs the folder: after a crash there is the old file or the new one.
    pub(crate) fn write(&mut self, path: &Path, master: &KeyBytes) -> Result<(), KeyringError> {
        let failed = |source| KeyringError::Io { act: "write", path: path.to_owned(), source };
        self.check = Some(self.checked(master));
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        let beside = path.with_extension("json.new");
        step("before the file of keys");
        let mut out = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)
            .map_err(failed)?;
        step("file of keys begun");
        out.write_all(&text).and_then(|()| out.sync_all()).map_err(failed)?;
        step("file of keys written beside");
        fs::rename(&beside, path).map_err(failed)?;
        step("file of keys replaced");
        if let Some(folder) = path.parent() {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        Ok(())
    }

    /// Returns the number of the key that seals what is new.
    pub(crate) fn current(&self) -> u32 {
        self.keys.iter().map(|key| key.id).max().unwrap_or(0)
    }
}

impl DataKey {
    /// Wraps a data key; nothing is reserved yet.
    pub(crate) fn wrap(master: &KeyBytes, folder: Uuid, id: u32, key: &KeyBytes) -> Self {
        let mut wrapped = Vec::with_capacity(32 + Cipher::OVERHEAD);
        Cipher::new(master).seal_into(&place(VERSION, folder, id), key.as_slice(), &mut wrapped);
        Self { id, wrapped: BASE64.encode(wrapped), reserved: 0 }
    }

    fn unwrap_bytes(&self, master: &Cipher, version: u32, folder: Uuid) -> Option<KeyBytes> {
        let wrapped = BASE64.decode(&self.wrapped).ok()?;
        let opened = Zeroizing::new(master.open(&place(version, folder, self.id), &wrapped).ok()?);
        let mut bytes = Zeroizing::new([0; 32]);
        if opened.len() != bytes.len() {
            return None;
        }
        bytes.copy_from_slice(&opened);
        Some(bytes)
    }
}

fn place(version: u32, folder: Uuid, id: u32) -> Vec<u8> {
    let mut place = match version {
        1 => b"groma data key".to_vec(),
        _ => b"groma data key, form 2".to_vec(),
    };
    place.extend_from_slice(folder.as_bytes());
    place.extend_from_slice(&id.to_be_bytes());
    place
}
