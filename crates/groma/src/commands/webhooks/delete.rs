//! `groma webhooks delete`.

use clap::Args;
use groma_model::WebhookId;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Delete a webhook and its log
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The webhook's id
    id: WebhookId,
}

impl Delete {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        cx.change(async |backend| backend.webhook_delete(self.id).await).await?;
        say(format!("deleted webhook {}", self.id));
        Ok(())
    }
}
