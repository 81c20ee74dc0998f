//! `groma webhooks rotate`.

use std::time::Duration;

use clap::Args;
use groma_api::WebhookRotation;
use groma_model::WebhookId;

use crate::context::Context;
use crate::duration;
use crate::failure::Failure;

/// Make a new signing secret; it is shown this once, and the old one signs too for a while
#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// The webhook's id
    id: WebhookId,
    /// How long the old secret signs beside the new one, such as 7d; without, a day
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    overlap: Option<Duration>,
}

impl Rotate {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let rotation = WebhookRotation { overlap_seconds: self.overlap.map(|overlap| overlap.as_secs()) };
        let made = cx.change(async |backend| backend.webhook_rotate(self.id, rotation).await).await?;
        super::print_secret(cx, &made)
    }
}
