//! `groma webhooks resume`.

use clap::Args;
use groma_api::WebhookUpdate;
use groma_model::WebhookId;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Let deliveries go on from where they were, whatever stopped them
#[derive(Debug, Args)]
pub(crate) struct Resume {
    /// The webhook's id
    id: WebhookId,
}

impl Resume {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let update = WebhookUpdate { enabled: Some(true), ..WebhookUpdate::default() };
        let webhook = cx.change(async |backend| backend.webhook_update(self.id, update).await).await?;
        say(format!(
            "resumed webhook {} at {}, {} events behind",
            webhook.id, webhook.position, webhook.behind
        ));
        Ok(())
    }
}
