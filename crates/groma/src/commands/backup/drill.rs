//! `groma backup drill`.

use clap::Args;
use groma_api::BackupDrillRequest;

use super::job;
use crate::context::Context;
use crate::failure::Failure;

/// Prove that a backup restores: restore it aside, compare counts and answers, remove it again
#[derive(Debug, Args)]
pub(crate) struct Drill {
    /// The backup's number; without, the latest
    number: Option<u64>,
    /// Start it and leave; a process of its own does it where no server runs
    #[arg(long)]
    detach: bool,
}

impl Drill {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let request = BackupDrillRequest { backup: self.number };
        job::start(cx, "drill", self.detach, async |backend| backend.backup_drill(request).await).await
    }
}
