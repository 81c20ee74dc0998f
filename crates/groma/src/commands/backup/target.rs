//! `groma backup target`.

mod local;
mod s3;

use clap::Subcommand;
use groma_api::{BackupSettingsRequest, BackupTarget};

pub(super) use local::folder;
pub(super) use s3::{Place, with_secret};

use crate::context::Context;
use crate::failure::Failure;

/// Where backups go.
#[derive(Debug, Subcommand)]
pub(crate) enum Target {
    Local(local::Local),
    #[command(name = "s3")]
    S3(s3::S3),
}

impl Target {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let target = self.target()?;
        let request = BackupSettingsRequest { target: Some(target), ..BackupSettingsRequest::default() };
        let settings = cx.change(async |backend| backend.backup_settings_set(request).await).await?;
        super::print(cx, &settings)
    }

    /// Returns the target that the options name; asks for a secret if one is needed.
    fn target(self) -> Result<BackupTarget, Failure> {
        match self {
            Self::Local(local) => local.target(),
            Self::S3(s3) => s3.target(),
        }
    }
}
