//! `groma backup verify`.

use clap::Args;
use groma_api::{BackupVerifyRequest, VerifyDepth};

use super::job;
use crate::context::Context;
use crate::failure::Failure;

/// Check that all parts of a backup, or of all of them, are there; with --full, read them back and compare
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The backup's number; without, all backups
    number: Option<u64>,
    /// Read every part back, open it, and compare it with its digest
    #[arg(long)]
    full: bool,
    /// Start it and leave; a process of its own does it where no server runs
    #[arg(long)]
    detach: bool,
}

impl Verify {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let depth = if self.full { VerifyDepth::Full } else { VerifyDepth::Quick };
        let request = BackupVerifyRequest { backup: self.number, depth };
        job::start(cx, "verify", self.detach, async |backend| backend.backup_verify(request).await).await
    }
}
