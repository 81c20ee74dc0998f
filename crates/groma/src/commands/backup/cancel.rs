//! `groma backup cancel`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;

/// Stop the job on backups that runs
#[derive(Debug, Args)]
pub(crate) struct Cancel {}

impl Cancel {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let settings = cx.change(async |backend| backend.backup_cancel().await).await?;
        super::print(cx, &settings)
    }
}
