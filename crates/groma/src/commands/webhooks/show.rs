//! `groma webhooks show`.

use clap::Args;
use groma_model::WebhookId;

use crate::context::Context;
use crate::failure::Failure;

/// Show a webhook and how its deliveries go
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The webhook's id
    id: WebhookId,
}

impl Show {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let webhook = cx.read(async |backend| backend.webhook_get(self.id).await).await?;
        super::print(cx, &webhook)?;
        super::advise(&webhook);
        Ok(())
    }
}
