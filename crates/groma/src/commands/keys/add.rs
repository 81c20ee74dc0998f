//! `groma keys add`.

use clap::Args;

use super::target::Target;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Add a way of opening the data folder; any one of them is enough
#[derive(Debug, Args)]
pub(crate) struct Add {
    #[command(subcommand)]
    target: Target,
}

impl Add {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let request = self.target.request()?;
        let slot = cx.change(async |backend| backend.key_slot_add(request).await).await?;
        cx.out().print_one(&slot, || super::sheet(std::slice::from_ref(&slot)))?;
        say("it was read back and opens the folder");
        Ok(())
    }
}
