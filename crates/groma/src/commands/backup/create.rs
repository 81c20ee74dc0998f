//! `groma backup create`.

use clap::Args;

use super::job;
use crate::context::Context;
use crate::failure::Failure;

/// Make a backup now, and watch it; only what the store does not have yet is sent
///
/// Ctrl-C stops it. What was stored until then is not a backup, but is not sent again by the next one.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Start it and leave; a process of its own does it where no server runs
    #[arg(long)]
    detach: bool,
}

impl Create {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        job::start(cx, "create", self.detach, async |backend| backend.backup_create().await).await
    }
}
