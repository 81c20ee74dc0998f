//! Events that were archived before they were dropped: read with the keys alone, whoever holds the folder.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use groma_journal::{ArchiveError, list_archive, read_archive};
use groma_model::Sequence;
use groma_seal::{Keyring, Unlock};
use serde::Serialize;

use crate::error::whole;
use crate::open::archive_folder;

/// The archive of a data folder, with the keys that open it.
#[derive(Debug)]
pub struct Archive {
    keyring: Keyring,
}

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArchiveFile {
    /// The position of its first event.
    pub first: Sequence,
    /// The position of its last event.
    pub last: Sequence,
    /// Its size.
    pub bytes: u64,
    /// Where it is.
    pub path: PathBuf,
}

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveRefusal {
    /// The keys do not open, or not this.
    #[error("{0}")]
    Keys(String),
    /// It cannot be read.
    #[error("{0}")]
    NotRead(String),
    /// Nobody takes the events.
    #[error("failed to write the events")]
    Output(#[source] io::Error),
}

impl Archive {
    /// Lists the files of a data folder's archive, oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(data_dir: &Path) -> Result<Vec<ArchiveFile>, ArchiveRefusal> {
        let files = list_archive(&archive_folder(data_dir)).map_err(refusal)?;
        let file = |file: groma_journal::ArchivedFile| ArchiveFile {
            first: file.first,
            last: file.last,
            bytes: file.bytes,
            path: file.path,
        };
        Ok(files.into_iter().map(file).collect())
    }

    /// Opens the keys of a data folder, which need not be held.
    ///
    /// # Errors
    /// When they do not open.
    pub fn open(data_dir: &Path, unlock: &Unlock) -> Result<Self, ArchiveRefusal> {
        let keyring = Keyring::open(data_dir, unlock, false);
        Ok(Self { keyring: keyring.map_err(|error| ArchiveRefusal::Keys(whole(&error)))? })
    }

    /// Writes the events of a file as NDJSON.
    ///
    /// # Errors
    /// When it cannot be read, does not open, or `out` takes no more.
    pub fn read(&self, path: &Path, out: &mut impl Write) -> Result<(), ArchiveRefusal> {
        read_archive(&self.keyring, path, out).map_err(refusal)
    }
}

fn refusal(error: ArchiveError) -> ArchiveRefusal {
    match error {
        ArchiveError::Write(error) => ArchiveRefusal::Output(error),
        other => ArchiveRefusal::NotRead(whole(&other)),
    }
}
