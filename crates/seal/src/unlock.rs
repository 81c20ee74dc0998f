//! What may be tried to open a folder's keys, and the trying.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::cipher::KeyBytes;
use crate::error::{KeyringError, Tried, whole};
use crate::file::KeysFile;
use crate::slot::{Keeper, Slot};
use crate::{credential, key_file, keychain, recovery};

/// What opens a folder's keys.
#[derive(Clone)]
pub enum Unlock {
    /// The key file `<folder id>.key` in this directory, made there at the first start.
    KeyFolder(PathBuf),
    /// This key file, made at the first start.
    KeyFile(PathBuf),
    /// A passphrase.
    Passphrase(Zeroizing<String>),
    /// A recovery key, as it was shown.
    Recovery(Zeroizing<String>),
    /// A credential of systemd, if its directory is known and it is there.
    Credential {
        /// `CREDENTIALS_DIRECTORY`.
        directory: Option<PathBuf>,
        /// The credential's name.
        name: String,
    },
    /// Whatever the slots themselves name: key files, credentials, entries of the system's store.
    Recorded {
        /// `CREDENTIALS_DIRECTORY`.
        credentials: Option<PathBuf>,
    },
    /// Somebody is asked, if there is a slot for what they could say.
    Ask(Ask),
    /// The first of these that opens.
    FirstOf(Vec<Unlock>),
}

/// Asks a person for a passphrase or a recovery key; `Ok(None)`: there is nobody to ask.
pub type Ask = Arc<dyn Fn(&Question) -> std::io::Result<Option<Zeroizing<String>>> + Send + Sync>;

/// What a person is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The file of keys that is to be opened.
    pub path: PathBuf,
    /// Whether a passphrase opens it.
    pub passphrase: bool,
    /// Whether a recovery key opens it.
    pub recovery: bool,
    /// Why it is asked again.
    pub refused: Option<String>,
}

/// How often somebody may try.
const ASKED_MAX: usize = 3;

impl fmt::Debug for Unlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyFolder(path) => f.debug_tuple("KeyFolder").field(path).finish(),
            Self::KeyFile(path) => f.debug_tuple("KeyFile").field(path).finish(),
            Self::Passphrase(_) => f.write_str("Passphrase(…)"),
            Self::Recovery(_) => f.write_str("Recovery(…)"),
            Self::Credential { name, .. } => {
                f.debug_struct("Credential").field("name", name).finish_non_exhaustive()
            }
            Self::Recorded { .. } => f.write_str("Recorded"),
            Self::Ask(_) => f.write_str("Ask(…)"),
            Self::FirstOf(ways) => f.debug_tuple("FirstOf").field(ways).finish(),
        }
    }
}

/// The keys, opened.
pub(crate) struct Opened {
    pub(crate) master: KeyBytes,
    pub(crate) slot: Uuid,
}

/// Opens the keys by the first way that does.
pub(crate) fn open(path: &Path, file: &KeysFile, unlock: &Unlock) -> Result<Opened, KeyringError> {
    let mut attempt = Attempt { path, file, tried: Vec::new(), read: BTreeSet::new() };
    if let Some(opened) = attempt.by(unlock) {
        return Ok(opened);
    }
    let mut tried = attempt.tried;
    match tried.pop() {
        Some(only) if tried.is_empty() => Err(only),
        last => {
            tried.extend(last);
            let advice = if file.slots.iter().any(|slot| is_recovery(&slot.keeper)) {
                "bring back one of these, or use the recovery key: `groma keys recover`"
            } else {
                "bring back one of these: nothing else opens the folder, for it has no recovery key"
            };
            Err(KeyringError::Locked { path: path.to_owned(), tried: Tried(tried), advice })
        }
    }
}

/// Makes the secret of a new folder's first slot by the first way that can keep one.
pub(crate) fn begin(folder: Uuid, unlock: &Unlock) -> Result<(Keeper, Zeroizing<Vec<u8>>), KeyringError> {
    match unlock {
        Unlock::KeyFolder(keys) => new_key_file(&key_path(keys, folder)),
        // Made already if the process died before it wrote the file of keys; or one that was made for the purpose.
        Unlock::KeyFile(path) => match key_file::read(path) {
            Ok(key) => Ok((Keeper::key_file(path), Zeroizing::new(key.to_vec()))),
            Err(_) => new_key_file(path),
        },
        Unlock::Passphrase(text) => Ok((Keeper::PASSPHRASE, Zeroizing::new(text.as_bytes().to_vec()))),
        Unlock::Credential { directory, name } => {
            let secret = credential::read(directory.as_deref(), name)?;
            Ok((Keeper::SystemdCredential { name: name.clone() }, secret))
        }
        Unlock::FirstOf(ways) => {
            // Only what is handed over by the system is passed by silently: everything else was chosen.
            let way = ways.iter().find(|way| match way {
                Unlock::Credential { directory, name } => {
                    directory.as_ref().is_some_and(|directory| directory.join(name).exists())
                }
                Unlock::Recovery(_) | Unlock::Recorded { .. } | Unlock::Ask(_) => false,
                _ => true,
            });
            begin(folder, way.ok_or(KeyringError::NoKeeper)?)
        }
        Unlock::Recovery(_) | Unlock::Recorded { .. } | Unlock::Ask(_) => Err(KeyringError::NoKeeper),
    }
}

fn new_key_file(path: &Path) -> Result<(Keeper, Zeroizing<Vec<u8>>), KeyringError> {
    let key = key_file::create(path)?;
    Ok((Keeper::key_file(path), Zeroizing::new(key.to_vec())))
}

fn key_path(keys: &Path, folder: Uuid) -> PathBuf {
    keys.join(format!("{folder}.key"))
}

impl Keeper {
    /// Notes where a key file is, by a name that holds wherever Groma is started.
    pub(crate) fn key_file(path: &Path) -> Self {
        let path = std::path::absolute(path).ok();
        // Names that are not text cannot be written down; the file is found by who names it.
        Self::KeyFile { path: path.filter(|path| path.to_str().is_some()) }
    }
}

struct Attempt<'a> {
    path: &'a Path,
    file: &'a KeysFile,
    tried: Vec<KeyringError>,
    /// Key files that were tried already.
    read: BTreeSet<PathBuf>,
}

impl Attempt<'_> {
    fn by(&mut self, unlock: &Unlock) -> Option<Opened> {
        match unlock {
            Unlock::KeyFolder(keys) => self.by_key_folder(keys),
            Unlock::KeyFile(path) => {
                if !self.has(is_key_file) {
                    return self.failed(self.no_slot("a key file"));
                }
                self.by_key_file(path)
            }
            Unlock::Passphrase(text) => {
                if !self.has(is_passphrase) {
                    return self.failed(self.no_slot("a passphrase"));
                }
                self.by_secret(is_passphrase, text.as_bytes(), "the passphrase")
            }
            Unlock::Recovery(text) => {
                if !self.has(is_recovery) {
                    return self.failed(self.no_slot("a recovery key"));
                }
                match recovery::read(text) {
                    Ok(secret) => self.by_secret(is_recovery, secret.as_slice(), "the recovery key"),
                    Err(error) => self.failed(error.into()),
                }
            }
            Unlock::Credential { directory, name } => {
                let wanted = Keeper::SystemdCredential { name: name.clone() };
                self.has(|keeper| *keeper == wanted)
                    .then(|| self.by_credential(directory.as_deref(), name))
                    .flatten()
            }
            Unlock::Recorded { credentials } => self.by_recorded(credentials.as_deref()),
            Unlock::Ask(ask) => self.by_asking(ask),
            Unlock::FirstOf(ways) => ways.iter().find_map(|way| self.by(way)),
        }
    }

    fn by_key_folder(&mut self, keys: &Path) -> Option<Opened> {
        let path = key_path(keys, self.file.folder);
        if self.has(is_key_file) && (path.exists() || !self.recorded_elsewhere(&path)) {
            return self.by_key_file(&path);
        }
        None
    }

    /// Returns whether every key file is known to be somewhere else.
    fn recorded_elsewhere(&self, path: &Path) -> bool {
        self.file.slots.iter().all(|slot| match &slot.keeper {
            Keeper::KeyFile { path: Some(known) } => known != path,
            Keeper::KeyFile { path: None } => false,
            _ => true,
        })
    }

    fn by_key_file(&mut self, path: &Path) -> Option<Opened> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if !self.read.insert(path.clone()) {
            return None;
        }
        match key_file::read(&path) {
            Ok(key) => self.by_secret(is_key_file, key.as_slice(), "the key file"),
            Err(error) => self.failed(error),
        }
    }

    fn by_credential(&mut self, directory: Option<&Path>, name: &str) -> Option<Opened> {
        let wanted = Keeper::SystemdCredential { name: name.to_owned() };
        match credential::read(directory, name) {
            Ok(secret) => self.by_secret(|keeper| *keeper == wanted, &secret, "the credential"),
            Err(error) => self.failed(error),
        }
    }

    fn by_recorded(&mut self, credentials: Option<&Path>) -> Option<Opened> {
        let mut names = BTreeSet::new();
        for slot in &self.file.slots {
            let opened = match &slot.keeper {
                Keeper::KeyFile { path: Some(path) } => self.by_key_file(path),
                Keeper::SystemdCredential { name } if names.insert(name) => {
                    self.by_credential(credentials, name)
                }
                Keeper::Keychain { store, account } => match keychain::get(*store, account) {
                    Ok(secret) => {
                        self.by_secret(|keeper| *keeper == slot.keeper, &secret, "the entry in the keychain")
                    }
                    Err(error) => self.failed(error),
                },
                _ => None,
            };
            if opened.is_some() {
                return opened;
            }
        }
        None
    }

    fn by_asking(&mut self, ask: &Ask) -> Option<Opened> {
        let (passphrase, recovery) = (self.has(is_passphrase), self.has(is_recovery));
        if !passphrase && !recovery {
            return None;
        }
        let mut question = Question { path: self.path.to_owned(), passphrase, recovery, refused: None };
        let mut last = None;
        for _ in 0..ASKED_MAX {
            let text = match ask(&question) {
                Ok(Some(text)) => text,
                Ok(None) => {
                    let why = "there is no terminal to ask at".to_owned();
                    last = last.or(Some(KeyringError::Asking { why }));
                    break;
                }
                Err(error) => {
                    last = Some(KeyringError::Asking { why: error.to_string() });
                    break;
                }
            };
            match self.said(&text, passphrase, recovery) {
                Ok(opened) => return Some(opened),
                Err(error) => {
                    question.refused = Some(whole(&error));
                    last = Some(error);
                }
            }
        }
        last.and_then(|error| self.failed(error))
    }

    fn said(&self, text: &str, passphrase: bool, recovery: bool) -> Result<Opened, KeyringError> {
        let key = recovery::read(text);
        if let (true, Ok(key)) = (recovery, &key)
            && let Some(opened) = self.find(is_recovery, key.as_slice())
        {
            return Ok(opened);
        }
        if passphrase && let Some(opened) = self.find(is_passphrase, text.as_bytes()) {
            return Ok(opened);
        }
        // What looks like a recovery key is told where it was misread.
        match key {
            Err(error) if !passphrase => Err(error.into()),
            _ => Err(KeyringError::WrongKey { given: "what was entered", path: self.path.to_owned() }),
        }
    }

    fn by_secret(
        &mut self,
        of: impl Fn(&Keeper) -> bool,
        secret: &[u8],
        given: &'static str,
    ) -> Option<Opened> {
        let opened = self.find(of, secret);
        if opened.is_none() {
            self.tried.push(KeyringError::WrongKey { given, path: self.path.to_owned() });
        }
        opened
    }

    fn find(&self, of: impl Fn(&Keeper) -> bool, secret: &[u8]) -> Option<Opened> {
        let mut slots = self.file.slots.iter().filter(|slot: &&Slot| of(&slot.keeper));
        slots.find_map(|slot| Some(Opened { master: slot.unwrap_master(secret)?, slot: slot.id }))
    }

    fn has(&self, of: impl Fn(&Keeper) -> bool) -> bool {
        self.file.slots.iter().any(|slot| of(&slot.keeper))
    }

    fn no_slot(&self, given: &'static str) -> KeyringError {
        let kinds: BTreeSet<&str> = self.file.slots.iter().map(|slot| slot.keeper.kind()).collect();
        let there = if kinds.is_empty() { "nothing".to_owned() } else { Vec::from_iter(kinds).join(", ") };
        KeyringError::NoSlotOfKind { given, path: self.path.to_owned(), there }
    }

    fn failed(&mut self, error: KeyringError) -> Option<Opened> {
        self.tried.push(error);
        None
    }
}

const fn is_key_file(keeper: &Keeper) -> bool {
    matches!(keeper, Keeper::KeyFile { .. })
}

const fn is_passphrase(keeper: &Keeper) -> bool {
    matches!(keeper, Keeper::Passphrase { .. })
}

const fn is_recovery(keeper: &Keeper) -> bool {
    matches!(keeper, Keeper::Recovery {})
}
