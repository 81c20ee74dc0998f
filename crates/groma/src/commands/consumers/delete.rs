//! `groma consumers delete`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Forget a registered reader: it no longer holds events
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// Its name
    name: String,
}

impl Delete {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        cx.change(async |backend| backend.consumer_delete(self.name.clone()).await).await?;
        say(format!("deleted consumer {}", self.name));
        Ok(())
    }
}
