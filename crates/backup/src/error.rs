//! Why a backup is not made, found sound, or brought back.

use std::io;
use std::path::{Path, PathBuf};

use groma_seal::KeyringError;

/// Why a backup is not made, found sound, or brought back. What was there before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// What says where backups go cannot be used.
    #[error("backups cannot go to {target}: {why}")]
    Target {
        /// Where.
        target: String,
        /// Why not, and what to do.
        why: String,
    },
    /// The store refuses.
    #[error("failed to {act} `{object}` in {target}: {hint}")]
    Store {
        /// What was being done.
        act: &'static str,
        /// To which object.
        object: String,
        /// Where.
        target: String,
        /// What to do.
        hint: &'static str,
        /// Why it failed.
        source: Box<object_store::Error>,
    },
    /// The store lets one writer overwrite what another one wrote.
    #[error(
        "{target} does not refuse to write an object that exists (If-None-Match), so that two machines could overwrite each \
         other's backups: use a store that does"
    )]
    Unconditional {
        /// Where.
        target: String,
    },
    /// A file of the folder, or one that is restored, refuses.
    #[error("failed to {act} `{path}`: {hint}", path = path.display())]
    Io {
        /// What was being done.
        act: &'static str,
        /// To what.
        path: PathBuf,
        /// What to do.
        hint: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The database refuses.
    #[error("failed to {act} the database `{path}`: is the disk full?", path = path.display())]
    Database {
        /// What was being done.
        act: &'static str,
        /// Which.
        path: PathBuf,
        /// Why it failed.
        source: rusqlite::Error,
    },
    /// The database is not what it should be.
    #[error("the database `{path}` is damaged: {why}", path = path.display())]
    DatabaseDamaged {
        /// Which.
        path: PathBuf,
        /// What is wrong, and what to do.
        why: String,
    },
    /// Who was to say what is in the captured database failed.
    #[error("failed to look into the captured database: {0}")]
    Witness(String),
    /// There is nothing there.
    #[error("there is no backup repository in {target}: check the place, or make a first backup")]
    NoRepository {
        /// Where.
        target: String,
    },
    /// The repository is another folder's.
    #[error(
        "{target} holds the backups of another data folder ({found}, this one is {wanted}): choose another place or prefix"
    )]
    Foreign {
        /// Where.
        target: String,
        /// Whose it is.
        found: uuid::Uuid,
        /// Who asked.
        wanted: uuid::Uuid,
    },
    /// A later version wrote it.
    #[error(
        "{what} was written by a later version of Groma (format {found}, this version knows {known}): install that version"
    )]
    TooNew {
        /// What.
        what: String,
        /// Its format.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// An object is not what was written.
    #[error("`{object}` in {target} is damaged: {why}")]
    Damaged {
        /// Which.
        object: String,
        /// Where.
        target: String,
        /// What is wrong, and what to do.
        why: String,
    },
    /// The keys refuse.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// There is no such backup.
    #[error("there is no {wanted} in {target}: `groma backup list` shows what there is")]
    NoBackup {
        /// What was looked for.
        wanted: String,
        /// Where.
        target: String,
    },
    /// A file changed while it was read.
    #[error("`{path}` changed several times while it was read: try again", path = path.display())]
    Changed {
        /// Which.
        path: PathBuf,
    },
    /// Chunks vanish as often as they are written.
    #[error(
        "what this backup needs in {target} vanished again and again while it was made: is something else deleting there?"
    )]
    Unsettled {
        /// Where.
        target: String,
    },
    /// Not every backup can be read, so it is not known what is needed.
    #[error(
        "entry {number} of {target} cannot be read ({why}), so that nothing can be told to be unused: run `groma backup verify`; if it is lost, forget that backup by its number"
    )]
    Unknown {
        /// The entry.
        number: u64,
        /// Where.
        target: String,
        /// Why it cannot be read.
        why: String,
    },
    /// There is something where the backup was to be restored.
    #[error("`{path}` is not empty: name another folder, or say that it is to be replaced", path = path.display())]
    NotEmpty {
        /// Where.
        path: PathBuf,
    },
    /// Somebody is using the folder, or restoring to it.
    #[error("`{path}` is in use by another process: stop that first", path = path.display())]
    Busy {
        /// Where.
        path: PathBuf,
    },
    /// The folder is newer than the backup.
    #[error("`{path}` has a newer history ({there}) than backup {number} ({backup}): say that it is to be replaced all the same", path = path.display())]
    Newer {
        /// Where.
        path: PathBuf,
        /// What is there.
        there: String,
        /// Which backup.
        number: u64,
        /// What the backup has.
        backup: String,
    },
    /// The disk has too little room.
    #[error("restoring to `{path}` takes {needed} more bytes, and {available} are free: free some space, or restore elsewhere", path = path.display())]
    NoSpace {
        /// Where.
        path: PathBuf,
        /// How much is missing still.
        needed: u64,
        /// How much is free.
        available: u64,
    },
    /// A retention that would forget everything.
    #[error("a retention that keeps nothing would forget every backup: say how many to keep")]
    KeepsNothing,
    /// It was called off.
    #[error("called off")]
    Cancelled,
}

impl BackupError {
    pub(crate) fn io(act: &'static str, path: &Path, source: io::Error) -> Self {
        let hint = match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "the disk is full: free some space and try again"
            }
            io::ErrorKind::PermissionDenied => {
                "this user may not do that: change the permissions, or choose another place"
            }
            io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only: choose another place",
            io::ErrorKind::NotFound => "it is not there",
            _ => "see the cause",
        };
        Self::Io { act, path: path.to_owned(), hint, source }
    }
}

/// Returns an error with its causes, without saying anything twice.
pub(crate) fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if !text.ends_with(&part) {
            text = format!("{text}: {part}");
        }
        cause = error.source();
    }
    text
}
