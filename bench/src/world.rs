//! A data folder with its journal, as the application opens it.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use groma_database::{Database, Folder, OpError};
use groma_journal::{Journal, JournalOptions, NewEvent};
use groma_model::{Epoch, NodeId, SystemClock};
use groma_seal::{Keyring, Unlock};

use crate::Done;

/// An open data folder.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) database: Database,
    pub(crate) journal: Arc<Journal>,
    writer: JoinHandle<()>,
    _folder: Folder,
}

impl World {
    /// Opens the data folder below `root`, making it if there is none.
    pub(crate) async fn open(root: &Path) -> Done<Self> {
        let folder = Folder::take(&root.join("data"))?;
        let (database, opened, writer) = Database::open(&folder, 1)?;
        let keys = Unlock::KeyFolder(root.join("keys"));
        let keyring = Arc::new(Keyring::open(folder.path(), &keys, opened.fresh)?);
        let options = JournalOptions {
            node: NodeId::now(),
            epoch: Epoch::from_millis(1),
            tail_bytes: JournalOptions::TAIL_BYTES,
        };
        let journal = Journal::open(database.clone(), keyring, Arc::new(SystemClock), options).await?;
        Ok(Self { database, journal, writer, _folder: folder })
    }

    /// Emits events as one operation; returns once they are on disk.
    pub(crate) async fn emit(&self, events: Vec<NewEvent>) -> Done {
        let journal = Arc::clone(&self.journal);
        self.database.write(move |tx| Ok::<_, OpError<Never>>(journal.append(tx, events)?)).await?;
        Ok(())
    }

    /// Returns once everything is folded into the one file.
    pub(crate) fn close(self) -> Done {
        let Self { database, journal, writer, _folder } = self;
        drop((database, journal));
        writer.join().map_err(|_| "the database's writer panicked".into())
    }
}

/// Our operations never refuse.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Never {}
