//! `groma webhooks pause`.

use clap::Args;
use groma_api::WebhookUpdate;
use groma_model::WebhookId;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Stop deliveries; they go on later from where they were
#[derive(Debug, Args)]
pub(crate) struct Pause {
    /// The webhook's id
    id: WebhookId,
}

impl Pause {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let update = WebhookUpdate { enabled: Some(false), ..WebhookUpdate::default() };
        let webhook = cx.change(async |backend| backend.webhook_update(self.id, update).await).await?;
        say(format!(
            "paused webhook {} at {}, {} events behind",
            webhook.id, webhook.position, webhook.behind
        ));
        Ok(())
    }
}
