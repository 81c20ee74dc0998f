//! Taking a data folder and opening what is in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::execution::ExecutionOptions;
use groma_database::{Database, DatabaseError, Folder, FolderError, apart};
use groma_inventory::{Identity, Inventory, InventoryError};
use groma_journal::{Journal, JournalError, JournalOptions};
use groma_model::{Clock, SystemClock};
use groma_network::Limits;
use groma_seal::{Keyring, KeyringError, Unlock};
use groma_webhook::{Policy, Trust, WebhookError, WebhookOptions, Webhooks};

/// What the application needs to know before it opens.
#[derive(Debug, Clone)]
pub struct AppOptions {
    /// The data folder; made if there is none.
    pub data_dir: PathBuf,
    /// What opens its keys.
    pub unlock: Unlock,
    /// Scans that run at once; more wait.
    pub running_scans_max: usize,
    /// How hard scans may probe.
    pub limits: Limits,
    /// How commands are run.
    pub executions: ExecutionOptions,
    /// How long the inventory remembers.
    pub memory: Memory,
    /// Where the language model's files are; they need not be there.
    pub model_dir: PathBuf,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

impl AppOptions {
    /// Scans that run at once unless told otherwise.
    pub const RUNNING_SCANS_MAX: usize = 4;

    /// Returns the defaults for a folder whose key file lives in `key_folder`.
    #[must_use]
    pub fn new(data_dir: PathBuf, key_folder: PathBuf) -> Self {
        Self {
            model_dir: data_dir.join("model"),
            memory: Memory::default(),
            data_dir,
            unlock: Unlock::KeyFolder(key_folder),
            running_scans_max: Self::RUNNING_SCANS_MAX,
            limits: Limits::default(),
            executions: ExecutionOptions::default(),
            clock: Arc::new(SystemClock),
        }
    }
}

/// How long the inventory remembers, in days; `None`: for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Changes of things.
    pub history_days: Option<u32>,
    /// Things that are gone.
    pub tombstone_days: Option<u32>,
}

/// Why the application cannot open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process holds the folder: ask it.
    #[error("another process holds the data folder")]
    Held {
        /// Its id; `None` while it has not yet said who it is.
        pid: Option<u32>,
        /// Where it serves, or will.
        socket: PathBuf,
        /// Whether it ends for a server's sake.
        yields: bool,
    },
    /// The folder refuses.
    #[error(transparent)]
    Folder(FolderError),
    /// The keys refuse.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// The database refuses.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The journal refuses.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The inventory refuses.
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    /// Webhooks refuse.
    #[error(transparent)]
    Webhooks(#[from] WebhookError),
}

/// Everything that was opened.
pub(crate) struct Ground {
    pub(crate) folder: Folder,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) database: Database,
    pub(crate) journal: Arc<Journal>,
    pub(crate) inventory: Inventory,
    pub(crate) identity: Identity,
    pub(crate) webhooks: Webhooks,
    /// Where a damaged database went, and what was wrong with it.
    pub(crate) set_aside: Option<(PathBuf, String)>,
}

/// Takes the folder and opens what is in it.
pub(crate) async fn ground(options: &AppOptions) -> Result<Ground, OpenError> {
    let folder = Folder::take(&options.data_dir).map_err(|error| match error {
        FolderError::Held { holder, .. } => OpenError::Held {
            pid: holder.as_ref().map(|holder| holder.pid),
            yields: holder.as_ref().is_some_and(|holder| holder.yields),
            socket: holder.map_or_else(|| socket_path(&options.data_dir), |holder| holder.socket),
        },
        other => OpenError::Folder(other),
    })?;
    let fresh = !folder.path().join(Database::FILE).exists();
    let keyring = Arc::new(keyring(folder.path(), &options.unlock, fresh).await?);
    let now = u64::try_from(options.clock.now().millis()).unwrap_or(0);
    let (database, opened, _thread) = Database::open(&folder, now)?;
    let identity = Identity::load(&database, &folder, &keyring, &*options.clock).await?;
    let clock = Arc::clone(&options.clock);
    let journal_options =
        JournalOptions { node: identity.node, epoch: identity.epoch, tail_bytes: JournalOptions::TAIL_BYTES };
    let journal =
        Journal::open(database.clone(), Arc::clone(&keyring), Arc::clone(&clock), journal_options).await?;
    journal.archive_in(archive_folder(folder.path()));
    let webhook_options =
        WebhookOptions { node: identity.node, policy: Policy::default(), trust: Trust::System };
    let webhooks = Webhooks::open(
        database.clone(),
        Arc::clone(&keyring),
        Arc::clone(&journal),
        Arc::clone(&clock),
        webhook_options,
    )
    .await?;
    let inventory =
        Inventory::new(database.clone(), Arc::clone(&keyring), Arc::clone(&journal), clock, identity.segment);
    inventory.upgrade().await?;
    Ok(Ground {
        folder,
        keyring,
        database,
        journal,
        inventory,
        identity,
        webhooks,
        set_aside: opened.set_aside,
    })
}

/// Returns where a folder keeps dropped events.
pub(crate) fn archive_folder(data_dir: &Path) -> PathBuf {
    data_dir.join("archive")
}

/// Opens the keys on a thread of its own: that takes as long as a passphrase is made to take, or as a person needs to
/// type it.
async fn keyring(folder: &Path, unlock: &Unlock, fresh: bool) -> Result<Keyring, KeyringError> {
    let (path, unlock) = (folder.to_owned(), unlock.clone());
    let opened = apart("keys", move || Keyring::open(&path, &unlock, fresh)).await;
    opened.map_err(|source| KeyringError::Io {
        act: "start a thread for",
        path: folder.join(Keyring::FILE),
        source,
    })?
}

/// The longest path that a unix socket can have on every system, with room to spare.
const SOCKET_PATH_MAX: usize = 100;

/// Returns where the holder of a folder, which is there, serves the others.
pub(crate) fn socket_path(data_dir: &Path) -> PathBuf {
    // One folder has one socket, by whichever name it was given.
    let data_dir = data_dir.canonicalize().unwrap_or_else(|_| data_dir.to_owned());
    let inside = data_dir.join("groma.sock");
    if inside.as_os_str().len() <= SOCKET_PATH_MAX {
        return inside;
    }
    // Named after the folder, in a directory of this user alone.
    let name = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, data_dir.as_os_str().as_encoded_bytes());
    let uid = rustix::process::geteuid().as_raw();
    let runtime =
        std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|runtime| runtime.is_absolute());
    let folder = runtime.unwrap_or_else(std::env::temp_dir).join(format!("groma-{uid}"));
    folder.join(format!("{name}.sock"))
}
