//! `groma backup target local`.

use std::path::PathBuf;

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
        let shown = self.path.display().to_string();
        let refuse = |why: String| Failure::usage(format!("could not tell where {shown} is: {why}"));
        let absolute = std::path::absolute(&self.path).map_err(|error| refuse(error.to_string()))?;
        let path = absolute.into_os_string().into_string();
        Ok(BackupTarget::Local { path: path.map_err(|_| refuse("its name is not text".to_owned()))? })
    }
}
