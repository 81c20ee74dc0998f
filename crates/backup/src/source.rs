//! What of a data folder is backed up.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use groma_database::Database;

use crate::error::BackupError;

/// A data folder as the source of a backup. Besides the database and the wrapped keys these are logs of executions, archived
/// events, and the number of the current history; not the lock, sockets, and databases that were set aside as damaged.
#[derive(Debug, Clone)]
pub struct Source {
    pub(crate) folder: PathBuf,
}

/// Folders that are taken whole.
const TREES: &[&str] = &["archive", "executions"];
/// Single files.
const FILES: &[&str] = &["epoch"];

impl Source {
    /// Names the data folder.
    #[must_use]
    pub fn data_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Returns where the database is.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join(Database::FILE)
    }

    /// Finds the files besides database and keys, ordered by path. Blocks.
    pub(crate) fn scan(&self) -> Result<Vec<SourceFile>, BackupError> {
        let mut found = Vec::new();
        for name in FILES {
            take(&self.folder.join(name), (*name).to_owned(), &mut found)?;
        }
        for name in TREES {
            walk(&self.folder.join(name), name, &mut found)?;
        }
        found.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(found)
    }
}

/// A file to be backed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// Within the folder, with `/` between its parts.
    pub(crate) path: String,
    /// Where it is read.
    pub(crate) place: PathBuf,
    /// How long it was when it was found.
    pub(crate) bytes: u64,
}

fn walk(folder: &Path, path: &str, found: &mut Vec<SourceFile>) -> Result<(), BackupError> {
    let entries = match fs::read_dir(folder) {
        // A folder that is made when it is needed, or one that was just cleared away.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(()),
        entries => entries.map_err(|error| BackupError::io("list", folder, error))?,
    };
    for entry in entries {
        let entry = entry.map_err(|error| BackupError::io("list", folder, error))?;
        let kind = entry.file_type().map_err(|error| BackupError::io("look at", &entry.path(), error))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            tracing::warn!("a file whose name is no text is left out of the backup");
            continue;
        };
        let path = format!("{path}/{name}");
        if kind.is_dir() {
            walk(&entry.path(), &path, found)?;
        } else if kind.is_file() {
            take(&entry.path(), path, found)?;
        }
    }
    Ok(())
}

fn take(place: &Path, path: String, found: &mut Vec<SourceFile>) -> Result<(), BackupError> {
    match fs::symlink_metadata(place) {
        Ok(metadata) if metadata.is_file() => {
            found.push(SourceFile { path, place: place.to_owned(), bytes: metadata.len() });
            Ok(())
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(BackupError::io("look at", place, error)),
    }
}
