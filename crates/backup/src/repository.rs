//! A repository: the backups of one data folder in one place.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use groma_database::apart;
use groma_seal::{Keyring, KeyringError, Unlock};
use object_store::ObjectStore;
use uuid::Uuid;

use crate::config::{self, Config, Fault};
use crate::error::BackupError;
use crate::hex::Hex;
use crate::keys::{BackupKeys, sha256};
use crate::store::{Created, Store};
use crate::target::Target;
use crate::{entry, log, name};

/// The backups of one data folder in one place; cloning shares it.
#[derive(Debug, Clone)]
pub struct Repository {
    pub(crate) store: Store,
    pub(crate) keys: BackupKeys,
    pub(crate) config: Config,
}

/// How a new repository is made.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// What a chunk holds at most, in bytes: between 4 KiB and 64 MiB.
    pub chunk_bytes: u32,
}

impl Default for Layout {
    fn default() -> Self {
        // Writes all over a database touch fewer bytes the smaller chunks are; requests bound it from below.
        Self { chunk_bytes: 256 << 10 }
    }
}

/// The wrapped keys as they lie beside the newest backup that can be read.
#[derive(Debug, Clone)]
pub struct KeysFile {
    /// Whose backups these are.
    pub folder: Uuid,
    /// The file `keys.json`: it holds wrapped keys only.
    pub content: Vec<u8>,
}

/// More is none of ours.
pub(crate) const KEYS_BYTES_MAX: u64 = 1 << 20;

impl Repository {
    /// Opens the repository of a folder; makes it first if there is none and `make` says how.
    ///
    /// # Errors
    /// When the store refuses, or holds the backups of another folder.
    pub async fn open(target: &Target, keys: BackupKeys, make: Option<Layout>) -> Result<Self, BackupError> {
        Self::over(target.store()?, keys, make).await
    }

    /// Opens a repository in a store that is no [`Target`].
    ///
    /// # Errors
    /// As for [`Repository::open`].
    pub async fn in_store(
        store: Arc<dyn ObjectStore>,
        keys: BackupKeys,
        make: Option<Layout>,
    ) -> Result<Self, BackupError> {
        let shown = store.to_string();
        Self::over(Store::new(store, object_store::path::Path::default(), &shown), keys, make).await
    }

    pub(crate) async fn over(
        store: Store,
        keys: BackupKeys,
        make: Option<Layout>,
    ) -> Result<Self, BackupError> {
        let config = match (read_config(&store).await?, make) {
            (Some(config), _) => config,
            (None, None) => return Err(BackupError::NoRepository { target: store.shown() }),
            (None, Some(layout)) => {
                let bytes = layout.chunk_bytes.clamp(config::CHUNK_BYTES_MIN, config::CHUNK_BYTES_MAX);
                let made = Config::new(&keys, bytes);
                store.create(name::CONFIG, made.write().into()).await?;
                // Somebody else may have been first.
                let there = read_config(&store).await?;
                there.ok_or_else(|| store.damaged(name::CONFIG, "it is gone right after it was written"))?
            }
        };
        if config.folder != keys.folder() {
            let (found, wanted) = (config.folder, keys.folder());
            return Err(BackupError::Foreign { target: store.shown(), found, wanted });
        }
        if !config.is_ours(&keys) {
            return Err(store.damaged(name::CONFIG, "it was changed, or written with other keys"));
        }
        Ok(Self { store, keys, config })
    }

    /// Makes sure that the store refuses to write what exists: everything depends on it.
    pub(crate) async fn try_out(&self) -> Result<(), BackupError> {
        match self.store.create(name::CONFIG, self.config.write().into()).await? {
            Created::Exists => Ok(()),
            Created::New => Err(BackupError::Unconditional { target: self.store.shown() }),
        }
    }
}

/// Fetches the wrapped keys from a repository: a machine that has nothing else opens them with a passphrase or the recovery
/// key.
///
/// # Errors
/// When there is no repository, no backup in it, or the store refuses.
pub async fn fetch_keys(target: &Target) -> Result<KeysFile, BackupError> {
    fetch_from(&target.store()?).await
}

/// Opens the keys of a repository without a data folder.
///
/// # Errors
/// As for [`fetch_keys`], and when they do not open with `unlock`.
pub async fn unlock(target: &Target, unlock: &Unlock) -> Result<BackupKeys, BackupError> {
    let file = fetch_keys(target).await?;
    open_keys(file.content, unlock.clone()).await
}

pub(crate) async fn open_keys(content: Vec<u8>, unlock: Unlock) -> Result<BackupKeys, BackupError> {
    let failed = |source| BackupError::io("open the keys in", Path::new(Keyring::FILE), source);
    let opened = apart("keys", move || {
        let folder = tempfile::tempdir().map_err(failed)?;
        std::fs::write(folder.path().join(Keyring::FILE), content).map_err(failed)?;
        let keyring = Keyring::open(folder.path(), &unlock, false)?;
        Ok::<_, BackupError>(BackupKeys::of(&keyring))
    });
    opened.await.map_err(|source| KeyringError::Io {
        act: "start a thread for",
        path: Keyring::FILE.into(),
        source,
    })?
}

pub(crate) async fn fetch_from(store: &Store) -> Result<KeysFile, BackupError> {
    let Some(config) = read_config(store).await? else {
        return Err(BackupError::NoRepository { target: store.shown() });
    };
    let mut last = None;
    for (number, found) in log::numbers(store).await?.into_iter().rev() {
        if found.bytes == 0 {
            continue;
        }
        match keys_of(store, number).await {
            Ok(content) => return Ok(KeysFile { folder: config.folder, content }),
            // An older one opens just as well: the master key stays the same.
            Err(error @ BackupError::Damaged { .. }) => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| BackupError::NoBackup { wanted: "backup".to_owned(), target: store.shown() }))
}

async fn keys_of(store: &Store, number: u64) -> Result<Vec<u8>, BackupError> {
    let place = name::entry(number);
    let bytes: Bytes = store.get(&place, entry::BYTES_MAX).await?.unwrap_or_default();
    let blob = entry::keys_file(&bytes)
        .ok_or_else(|| store.damaged(&place, "it does not begin as an entry does"))?;
    read_keys(store, blob).await
}

/// Reads a file of keys.
pub(crate) async fn read_keys(store: &Store, blob: name::Blob) -> Result<Vec<u8>, BackupError> {
    let place = blob.keys();
    let content =
        store.get(&place, KEYS_BYTES_MAX).await?.ok_or_else(|| store.damaged(&place, "it is missing"))?;
    if sha256(&content) != blob.digest {
        return Err(
            store.damaged(&place, format!("it is not what its name says ({})", Hex(&sha256(&content))))
        );
    }
    Ok(content.into())
}

async fn read_config(store: &Store) -> Result<Option<Config>, BackupError> {
    let Some(bytes) = store.get(name::CONFIG, config::BYTES_MAX).await? else { return Ok(None) };
    match Config::read(&bytes) {
        Ok(config) => Ok(Some(config)),
        Err(Fault::TooNew(found)) => {
            let what = format!("the repository in {}", store.shown());
            Err(BackupError::TooNew { what, found, known: config::FORMAT })
        }
        Err(Fault::Other(why)) => Err(store.damaged(name::CONFIG, why)),
    }
}
