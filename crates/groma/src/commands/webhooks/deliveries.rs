//! `groma webhooks deliveries`.

use clap::Args;
use groma_api::WebhookDeliveryQuery;
use groma_model::WebhookId;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::say;

/// Show the log of tries, newest first
#[derive(Debug, Args)]
pub(crate) struct Deliveries {
    /// The webhook's id
    id: WebhookId,
    /// Only those that ended so: delivered, failed or given_up
    #[arg(long)]
    outcome: Option<String>,
    /// At most so many (1 to 1000); 100 unless told
    #[arg(long)]
    limit: Option<u32>,
    /// Go on from the page before
    #[arg(long)]
    cursor: Option<String>,
}

impl Deliveries {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let query = WebhookDeliveryQuery { outcome: self.outcome, limit: self.limit, cursor: self.cursor };
        let page = cx.read(async |backend| backend.webhook_deliveries(self.id, query.clone()).await).await?;
        cx.out().print(&page, &page.deliveries, || super::tries(&page.deliveries))?;
        if let Some(cursor) = &page.next_cursor {
            say(format!("there are more: --cursor {cursor}"));
        }
        Ok(())
    }
}
