//! `groma backup target local`.

use std::path::{Path, PathBuf};

use clap::Args;
use groma_api::BackupTarget;

use crate::failure::Failure;

/// Backups go into a folder on this machine, best on another disk
#[derive(Debug, Args)]
pub(crate) struct Local {
    /// The folder; it is made if it is missing
    path: PathBuf,
}

impl Local {
    pub(super) fn target(self) -> Result<BackupTarget, Failure> {
        folder(&self.path)
    }
}

/// Returns a folder as a target, by its absolute path.
///
/// # Errors
/// When it cannot be told where it is.
pub(crate) fn folder(path: &Path) -> Result<BackupTarget, Failure> {
    let refuse = |why: String| Failure::usage(format!("could not tell where {} is: {why}", path.display()));
    let absolute = std::path::absolute(path).map_err(|error| refuse(error.to_string()))?;
    let path = absolute.into_os_string().into_string();
    Ok(BackupTarget::Local { path: path.map_err(|_| refuse("its name is not text".to_owned()))? })
}
