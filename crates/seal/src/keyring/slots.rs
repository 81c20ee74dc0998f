//! Adding and removing ways of opening the folder.
//!
//! What opens a new slot is in its place, and was read back from there, before the slot is written; a slot is gone
//! before what opened it is deleted. Whenever the process dies in between, every slot in the file still opens.

use std::path::{Path, PathBuf};

use uuid::Uuid;
use zeroize::Zeroizing;

use super::Keyring;
use crate::error::KeyringError;
use crate::file::{KeysFile, SLOTS_MAX};
use crate::slot::{Keeper, Slot, SlotInfo};
use crate::step::step;
use crate::{credential, key_file, keychain, recovery};

/// A way of opening the folder that is to be added.
#[derive(Clone)]
pub enum NewSlot {
    /// A new key file is written there.
    KeyFile(PathBuf),
    /// A passphrase.
    Passphrase(Zeroizing<String>),
    /// A new key is put into the system's store.
    Keychain,
    /// A credential of systemd, which is there already.
    Credential {
        /// `CREDENTIALS_DIRECTORY`.
        directory: Option<PathBuf>,
        /// The credential's name.
        name: String,
    },
}

impl std::fmt::Debug for NewSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::KeyFile(path) => f.debug_tuple("KeyFile").field(path).finish(),
            Self::Passphrase(_) => f.write_str("Passphrase(…)"),
            Self::Keychain => f.write_str("Keychain"),
            Self::Credential { name, .. } => {
                f.debug_struct("Credential").field("name", name).finish_non_exhaustive()
            }
        }
    }
}

/// A slot that is gone.
#[derive(Debug)]
pub struct RemovedSlot {
    /// What it was.
    pub slot: SlotInfo,
    /// Why what opened it could not be deleted; it is of no use any more either way.
    pub left: Option<KeyringError>,
}

/// Passphrases are what people choose: shorter ones are guessed however slow each guess is.
const PASSPHRASE_CHARS_MIN: usize = 12;

impl Keyring {
    /// Adds a way of opening the folder. May take seconds, and wait for a person: call it where that is no harm.
    ///
    /// # Errors
    /// When what opens it cannot be kept where it should, or the file of keys cannot be written.
    pub fn add_slot(&self, new: &NewSlot) -> Result<SlotInfo, KeyringError> {
        self.room()?;
        let id = Uuid::new_v4();
        let (keeper, secret) = self.keep(id, new)?;
        step("secret kept");
        let slot = Slot::wrap(id, keeper, &secret, &self.master);
        let added = self.verify(&slot, &secret).and_then(|()| {
            self.change(|file| {
                room_in(file)?;
                file.slots.push(slot.clone());
                Ok(())
            })
        });
        match added {
            Ok(()) => Ok(slot.info(None)),
            Err(error) => {
                // Of no use without the slot; the first error is the one to be told.
                let _ = forget(&slot.keeper);
                Err(error)
            }
        }
    }

    /// Makes a recovery key, and returns it as it is to be shown, once; older ones no longer open.
    ///
    /// # Errors
    /// When the file of keys cannot be written.
    pub fn renew_recovery(&self) -> Result<(SlotInfo, Zeroizing<String>), KeyringError> {
        let secret = recovery::random();
        let slot = Slot::wrap(Uuid::new_v4(), Keeper::Recovery {}, secret.as_slice(), &self.master);
        self.change(|file| {
            file.slots.retain(|slot| !matches!(slot.keeper, Keeper::Recovery {}));
            room_in(file)?;
            file.slots.push(slot.clone());
            Ok(())
        })?;
        Ok((slot.info(None), recovery::write(&secret)))
    }

    /// Removes a slot, and what opened it too if `delete_secret`; the last one that lasts stays.
    ///
    /// # Errors
    /// When there is no such slot, it must stay, or the file of keys cannot be written.
    pub fn remove_slot(&self, id: Uuid, delete_secret: bool) -> Result<RemovedSlot, KeyringError> {
        let removed = self.change(|file| {
            let at = file.slots.iter().position(|slot| slot.id == id);
            let removed = file.slots.remove(at.ok_or(KeyringError::NoSuchSlot(id))?);
            if removed.keeper.durable() && !file.slots.iter().any(|slot| slot.keeper.durable()) {
                return Err(KeyringError::LastSlot);
            }
            Ok(removed)
        })?;
        step("slot removed");
        let left = if delete_secret { forget(&removed.keeper).err() } else { None };
        Ok(RemovedSlot { slot: removed.info(Some(self.used)), left })
    }

    fn room(&self) -> Result<(), KeyringError> {
        room_in(&self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Puts what is to open a slot in its place.
    fn keep(&self, id: Uuid, new: &NewSlot) -> Result<(Keeper, Zeroizing<Vec<u8>>), KeyringError> {
        match new {
            NewSlot::KeyFile(path) => {
                self.outside(path)?;
                let key = key_file::create(path)?;
                Ok((Keeper::key_file(path), Zeroizing::new(key.to_vec())))
            }
            NewSlot::Passphrase(text) if text.chars().count() < PASSPHRASE_CHARS_MIN => {
                Err(KeyringError::PassphraseTooShort { min: PASSPHRASE_CHARS_MIN })
            }
            NewSlot::Passphrase(text) => Ok((Keeper::PASSPHRASE, Zeroizing::new(text.as_bytes().to_vec()))),
            NewSlot::Keychain => {
                let account = format!("{}/{id}", self.folder);
                let key = crate::cipher::random_key();
                let store = keychain::put(&account, key.as_slice())?;
                Ok((Keeper::Keychain { store, account }, Zeroizing::new(key.to_vec())))
            }
            NewSlot::Credential { directory, name } => {
                let secret = credential::read(directory.as_deref(), name)?;
                Ok((Keeper::SystemdCredential { name: name.clone() }, secret))
            }
        }
    }

    /// A key beside what it opens keeps nobody out, and a copy of the folder would hold both.
    fn outside(&self, path: &Path) -> Result<(), KeyringError> {
        let refuse = |why| KeyringError::KeyFilePlace { path: path.to_owned(), why };
        if !path.is_absolute() {
            return Err(refuse("name it by an absolute path"));
        }
        let folder = self.path.parent().and_then(|folder| folder.canonicalize().ok());
        let existing = path.ancestors().skip(1).find_map(|above| above.canonicalize().ok());
        match (folder, existing) {
            (Some(folder), Some(existing)) if existing.starts_with(&folder) => {
                Err(refuse("it would lie in the data folder that it opens: choose a place outside"))
            }
            _ => Ok(()),
        }
    }

    /// Reads back what was put in its place, and opens the slot by it.
    fn verify(&self, slot: &Slot, given: &[u8]) -> Result<(), KeyringError> {
        let read = match &slot.keeper {
            Keeper::KeyFile { path: Some(path) } => Zeroizing::new(key_file::read(path)?.to_vec()),
            Keeper::Keychain { store, account } => keychain::get(*store, account)?,
            _ => Zeroizing::new(given.to_vec()),
        };
        match slot.unwrap_master(&read) {
            Some(master) if master == self.master => Ok(()),
            _ => Err(KeyringError::WrongKey { given: "what was read back", path: self.path.clone() }),
        }
    }
}

fn room_in(file: &KeysFile) -> Result<(), KeyringError> {
    if file.slots.len() < SLOTS_MAX { Ok(()) } else { Err(KeyringError::TooManySlots { max: SLOTS_MAX }) }
}

/// Deletes what opened a slot, where that is ours to delete.
fn forget(keeper: &Keeper) -> Result<(), KeyringError> {
    match keeper {
        Keeper::KeyFile { path: Some(path) } => key_file::delete(path),
        Keeper::Keychain { store, account } => keychain::delete(*store, account),
        _ => Ok(()),
    }
}
