//! `groma backup status`.

use clap::Args;

use super::job;
use crate::connection::Purpose;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, say, text_line};

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
            return show(cx).await;
        }
        let connection = cx.connect(Purpose::Brief).await?;
        let waited = Box::pin(job::wait(cx, &connection)).await;
        connection.close().await;
        if waited? {
            return Ok(());
        }
        say("no job on backups runs");
        show(cx).await
    }
}

async fn show(cx: &Context) -> Result<(), Failure> {
    let settings = cx.read(async |backend| backend.backup_settings_get().await).await?;
    let out = cx.out();
    out.print_one(&settings, || super::sheet(&settings))?;
    if out.format == Format::Table {
        if !settings.outcomes.is_empty() {
            text_line("")?;
            out.print(&settings, &settings.outcomes, || super::ended(&settings.outcomes))?;
        }
        super::advise(&settings);
    }
    Ok(())
}
