//! `groma keys status`.

use clap::Args;
use groma_api::KeyStatus;

use super::progress;
use crate::connection::Purpose;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, say};

/// Show who can open the data folder, its data keys, and what should be done
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Wait until everything is sealed again, if that is under way or was interrupted
    #[arg(long)]
    wait: bool,
}

impl Status {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let status = if self.wait {
            let connection = cx.connect(Purpose::Lasting).await?;
            let ended = progress::wait(&connection).await;
            connection.close().await;
            ended?
        } else {
            cx.read(async |backend| backend.key_status().await).await?
        };
        print(cx, &status)
    }
}

/// Prints slots as data, everything else beside it.
pub(super) fn print(cx: &Context, status: &KeyStatus) -> Result<(), Failure> {
    let out = cx.out();
    out.print(status, &status.slots, || super::sheet(&status.slots))?;
    if out.format != Format::Table {
        return Ok(());
    }
    let keys = status.keys.iter().map(|key| {
        let current = if key.current { ", seals what is new" } else { "" };
        format!("data key {}: at most {} values{current}", key.id, key.messages)
    });
    say(keys.collect::<Vec<_>>().join("\n"));
    if let Some(work) = &status.reencryption {
        let damaged = match work.rows_damaged {
            0 => String::new(),
            count => format!(", {count} of them damaged"),
        };
        say(format!(
            "sealing everything again by data key {}: {}, {} of {} values{damaged}",
            work.key, work.state, work.rows_done, work.rows_total
        ));
    }
    for advice in &status.advice {
        say(format!("to do: {advice}"));
    }
    Ok(())
}
