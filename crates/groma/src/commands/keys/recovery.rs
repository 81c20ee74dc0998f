//! `groma keys recovery`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, say, text_line};

/// Make a recovery key and show it, once; the one before no longer works
#[derive(Debug, Args)]
pub(crate) struct Recovery {}

impl Recovery {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let made = cx.change(async |backend| backend.key_recovery().await).await?;
        let out = cx.out();
        match out.format {
            Format::Table => {
                text_line(&made.recovery_key)?;
                say(
                    "write it down: it is shown this once, and opens the folder when everything else is lost\n\
                     try it, with no server running: groma keys recover --check",
                );
                Ok(())
            }
            _ => out.print_one(&made, || super::sheet(std::slice::from_ref(&made.slot))),
        }
    }
}
