//! The database as the rest of Groma sees it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::watch;

use crate::file::{self, Found};
use crate::folder::{Folder, FolderError};
use crate::migrations;
use crate::readers::Readers;
use crate::writer::{CommitListener, Health, OpError, WriteError, WriteTx, Writer};

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// A later version wrote it.
    #[error(
        "`{path}` was written by a later version of Groma (schema {found}, this version knows {known}): install that version",
        path = path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// SQLite refused.
    #[error("failed to {act} `{path}`: is the disk full or read-only?", path = path.display())]
    Sqlite {
        /// What was being done.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The damaged file could not be moved out of the way.
    #[error("failed to set aside the damaged `{path}`", path = path.display())]
    SetAside {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder refused.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// No thread could be had.
    #[error("failed to start a database thread")]
    Thread(#[source] std::io::Error),
    /// A reader could not be opened.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Why a read did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// SQLite failed.
    #[error("a read failed")]
    Sqlite(#[source] rusqlite::Error),
    /// The database is closed.
    #[error("the database is closed")]
    Closed,
    /// No thread could be had.
    #[error("failed to start a database thread")]
    Thread(#[source] std::io::Error),
}

/// What was found on opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Whether the file is new.
    pub fresh: bool,
    /// Where the damaged file went, and what was wrong with it.
    pub set_aside: Option<(PathBuf, String)>,
}

/// The one file, open; cloning shares it.
#[derive(Clone)]
pub struct Database {
    writer: Writer,
    readers: Readers,
    path: Arc<Path>,
    listener: Arc<OnceLock<Box<dyn Fn() + Send + Sync>>>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

impl Database {
    /// The file's name in the data folder.
    pub const FILE: &'static str = "groma.db";

    /// Opens the file in a folder that this process holds. A damaged file is set aside and a new one begun.
    /// `now_millis` stamps what is set aside. The handle ends once the last clone is dropped and all is on disk.
    ///
    /// # Errors
    /// When a later version wrote it, or the disk refuses.
    pub fn open(folder: &Folder, now_millis: u64) -> Result<(Self, Opened, JoinHandle<()>), DatabaseError> {
        let path = folder.path().join(Self::FILE);
        let failed = |act, source| DatabaseError::Sqlite { act, path: path.clone(), source };
        let mut set_aside = None;
        let mut connection = match file::open_writer(&path).map_err(|error| failed("open", error))? {
            Found::Usable(connection) => connection,
            Found::TooNew(found) => {
                return Err(DatabaseError::TooNew { path, found, known: migrations::CURRENT });
            }
            Found::Damaged(what) => {
                let aside = file::set_aside(&path, now_millis)
                    .map_err(|source| DatabaseError::SetAside { path: path.clone(), source })?;
                set_aside = Some((aside, what));
                match file::open_writer(&path).map_err(|error| failed("open", error))? {
                    Found::Usable(connection) => connection,
                    Found::TooNew(_) | Found::Damaged(_) => {
                        return Err(failed("begin", rusqlite::Error::InvalidQuery));
                    }
                }
            }
        };
        let fresh = migrations::version(&connection).map_err(|error| failed("read", error))? == 0;
        migrations::run(&mut connection).map_err(|error| failed("bring up to date", error))?;
        let listener: Arc<OnceLock<Box<dyn Fn() + Send + Sync>>> = Arc::default();
        let called = Arc::clone(&listener);
        let call: CommitListener = Arc::new(move || {
            if let Some(listener) = called.get() {
                listener();
            }
        });
        let (writer, thread) = Writer::start(connection, call).map_err(DatabaseError::Thread)?;
        let readers = Readers::start(&path)?;
        Ok((Self { writer, readers, path: path.into(), listener }, Opened { fresh, set_aside }, thread))
    }

    /// Has `listener` called after every commit that ran `on_commit` acts; only the first call counts.
    pub fn listen(&self, listener: impl Fn() + Send + Sync + 'static) {
        let _ = self.listener.set(Box::new(listener));
    }

    /// Runs `op` in the writer's transaction; returns once that is on disk.
    ///
    /// # Errors
    /// When the operation refuses, or storage does; then nothing was changed.
    pub async fn write<T, E, F>(&self, op: F) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
        F: FnOnce(&mut WriteTx<'_>) -> Result<T, OpError<E>> + Send + 'static,
    {
        self.writer.write(op).await
    }

    /// Runs `query` on a reader: it sees everything that was committed before.
    ///
    /// # Errors
    /// When SQLite fails or the database is closed.
    pub async fn read<T, F>(&self, query: F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.readers.read(query).await
    }

    /// Opens a connection of its own that can only read, for what takes long or needs settings of its own. Blocks for the
    /// moment that takes.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn reader(&self) -> Result<Connection, ReadError> {
        file::open_reader(&self.path).map_err(ReadError::Sqlite)
    }

    /// Ends writing in order: returns once everything asked before is on disk and folded into the one file.
    pub async fn close(&self) {
        self.writer.close().await;
    }

    /// Returns how many writes wait for the writer.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.writer.waiting()
    }

    /// Returns whether writes are taken, now and later.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.writer.health()
    }
}

#[cfg(test)]
mod tests;
