//! The inventory, open.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use groma_database::rusqlite::{Connection, OptionalExtension as _};
use groma_database::{Database, Folder, FolderError, OpError, WriteTx};
use groma_journal::{Journal, NewEvent};
use groma_model::{Clock, Epoch, NodeId, SegmentId, Sequence, ThingId};
use groma_seal::Keyring;
use uuid::Uuid;

use crate::InventoryError;
use crate::error::OpResult;
use crate::feed::Feed;
use crate::steady::Steady;

/// What a folder is called, and which history it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The installation.
    pub node: NodeId,
    /// The network in which scanned addresses are meant.
    pub segment: SegmentId,
    /// The history's epoch.
    pub epoch: Epoch,
}

/// What a restore leaves in the folder, until it is first opened.
const RESTORED: &str = "restored.json";

impl Identity {
    /// Reads the identity of a folder's database, beginning a new epoch if the database is new.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn load(
        database: &Database,
        folder: &Folder,
        keyring: &Keyring,
        clock: &dyn Clock,
    ) -> Result<Self, InventoryError> {
        const EPOCH: &str = "epoch";
        let read = |connection: &Connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
            statement.query_row([EPOCH], |row| row.get::<_, [u8; 8]>(0)).optional()
        };
        let restored = folder.path().join(RESTORED);
        let was_restored = restored.exists();
        let epoch = match database.read(read).await? {
            Some(bytes) if !was_restored => u64::from_be_bytes(bytes),
            // A restored folder tells another history than the one that readers may have heard.
            _ => {
                let now = u64::try_from(clock.now().millis()).unwrap_or(0);
                let epoch = folder
                    .next_epoch(now)
                    .map_err(|error: FolderError| InventoryError::Storage(error.to_string()))?;
                database
                    .write(move |tx| {
                        let sql = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2";
                        tx.connection().execute(sql, (EPOCH, epoch.to_be_bytes()))?;
                        Ok::<_, OpError<InventoryError>>(())
                    })
                    .await?;
                epoch
            }
        };
        if was_restored {
            std::fs::remove_file(&restored).map_err(|error| {
                InventoryError::Storage(format!("failed to remove `{}`: {error}", restored.display()))
            })?;
        }
        // Derived from the keys: the same after a damaged database was set aside, and not to be guessed from outside.
        let segment = SegmentId::from_uuid(Uuid::from_bytes(keyring.lookup("segment", b"local")));
        Ok(Self { node: NodeId::from_uuid(keyring.folder()), segment, epoch: Epoch::from_millis(epoch) })
    }
}

/// The inventory of a folder; cloning shares it.
#[derive(Debug, Clone)]
pub struct Inventory {
    pub(crate) database: Database,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    /// By which tokens, sessions and codes end.
    pub(crate) steady: Arc<Steady>,
    pub(crate) segment: SegmentId,
    /// This process's name on leases.
    pub(crate) holder: Uuid,
    /// Whether this process is sealing everything again.
    pub(crate) reencrypting: Arc<AtomicBool>,
    pub(crate) feed: Arc<Feed>,
}

impl Inventory {
    /// Opens the inventory beside a journal of the same database.
    #[must_use]
    pub fn new(
        database: Database,
        keyring: Arc<Keyring>,
        journal: Arc<Journal>,
        clock: Arc<dyn Clock>,
        segment: SegmentId,
    ) -> Self {
        let steady = Arc::new(Steady::new(Arc::clone(&clock)));
        Self {
            database,
            keyring,
            journal,
            clock,
            steady,
            segment,
            holder: Uuid::now_v7(),
            reencrypting: Arc::default(),
            feed: Arc::default(),
        }
    }

    /// Returns the id that a host at `address` has.
    #[must_use]
    pub fn host_id(&self, address: std::net::IpAddr) -> ThingId {
        ThingId::host(self.segment, address)
    }

    /// Appends events in the writer's transaction.
    pub(crate) fn append(&self, tx: &mut WriteTx<'_>, events: Vec<NewEvent>) -> OpResult<Option<Sequence>> {
        Ok(self.journal.append(tx, events)?)
    }

    /// Runs an operation of the inventory in the writer's transaction.
    pub(crate) async fn write<T, F>(&self, op: F) -> Result<T, InventoryError>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &mut WriteTx<'_>) -> OpResult<T> + Send + 'static,
    {
        let inventory = self.clone();
        Ok(self.database.write(move |tx| op(&inventory, tx)).await?)
    }

    /// Runs a query of the inventory on a reader.
    pub(crate) async fn read<T, F>(&self, query: F) -> Result<T, InventoryError>
    where
        T: Send + 'static,
        F: FnOnce(&Self, &Connection) -> groma_database::rusqlite::Result<T> + Send + 'static,
    {
        let inventory = self.clone();
        Ok(self.database.read(move |connection| query(&inventory, connection)).await?)
    }
}
