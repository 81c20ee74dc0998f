//! The folder that is restored to, and what is there already.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use groma_database::{Folder, FolderError};
use rustix::fs::{CWD, RenameFlags};

use crate::error::BackupError;

/// The folder that is restored to.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) path: PathBuf,
    /// The folder that it is in.
    pub(super) parent: PathBuf,
    pub(super) name: String,
    /// Held while something that is not empty is being replaced.
    held: Option<Folder>,
}

impl Place {
    /// Looks at the folder; takes its lock if it is to be replaced.
    pub(super) fn new(into: &Path, replace: bool) -> Result<Self, BackupError> {
        let failed = |act, path: &Path, error| BackupError::io(act, path, error);
        let path = match into.canonicalize() {
            Err(error) if error.kind() == ErrorKind::NotFound => std::path::absolute(into),
            found => found,
        };
        let path = path.map_err(|error| failed("look at", into, error))?;
        let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str()))
        else {
            return Err(failed("restore to", into, ErrorKind::InvalidFilename.into()));
        };
        let (parent, name) = (parent.to_owned(), name.to_owned());
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&parent)
            .map_err(|error| failed("make the folder", &parent, error))?;
        let mut place = Self { path, parent, name, held: None };
        if !place.is_empty()? {
            if !replace {
                return Err(BackupError::NotEmpty { path: place.path });
            }
            place.held = Some(hold(&place.path)?);
        }
        Ok(place)
    }

    fn is_empty(&self) -> Result<bool, BackupError> {
        match fs::read_dir(&self.path) {
            Ok(mut entries) => Ok(entries.next().is_none()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
            Err(error) => Err(BackupError::io("look at", &self.path, error)),
        }
    }

    /// Puts a folder in the place; returns where that lies what was there.
    pub(super) fn put(&self, new: &Path) -> Result<Option<PathBuf>, BackupError> {
        let failed = |error| BackupError::io("put what was restored in the place of", &self.path, error);
        let previous = match self.held {
            Some(_) => Some(self.exchange(new).map_err(failed)?),
            // An empty folder is replaced as it is; one that was filled meanwhile refuses.
            None => fs::rename(new, &self.path).map(|()| None).map_err(failed)?,
        };
        File::open(&self.parent).and_then(|parent| parent.sync_all()).map_err(failed)?;
        Ok(previous)
    }

    fn exchange(&self, new: &Path) -> std::io::Result<PathBuf> {
        let stamp = jiff::Timestamp::now().as_millisecond();
        let previous = self.parent.join(format!("{}.before-restore-{stamp}", self.name));
        // A name that no later restore clears away: from the exchange on, it is what was there before.
        fs::rename(new, &previous)?;
        match rustix::fs::renameat_with(CWD, &previous, CWD, &self.path, RenameFlags::EXCHANGE) {
            Ok(()) => Ok(previous),
            // Some file systems cannot; then there is a moment in which the place is empty.
            Err(_) => {
                fs::rename(&previous, new)?;
                fs::rename(&self.path, &previous)?;
                fs::rename(new, &self.path)?;
                Ok(previous)
            }
        }
    }
}

fn hold(path: &Path) -> Result<Folder, BackupError> {
    Folder::take(path).map_err(|error| match error {
        FolderError::Held { path, .. } => BackupError::Busy { path },
        FolderError::Io { act, source, .. } => BackupError::io(act, path, source),
        other @ FolderError::OtherOwner { .. } => {
            BackupError::io("take", path, std::io::Error::new(ErrorKind::PermissionDenied, other.to_string()))
        }
    })
}
