//! `groma backup status`.

use clap::Args;

use super::job;
use crate::connection::Purpose;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Show where backups go, when, what runs, how the last jobs ended, and what is wrong
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Watch the job that runs to its end
    #[arg(long)]
    wait: bool,
}

impl Status {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        if !self.wait {
            let settings = cx.read(async |backend| backend.backup_settings_get().await).await?;
            return super::print(cx, &settings);
        }
        let connection = cx.connect(Purpose::Brief).await?;
        let waited = Box::pin(job::wait(cx, &connection)).await;
        connection.close().await;
        if !waited? {
            say("no job on backups runs");
        }
        Ok(())
    }
}
