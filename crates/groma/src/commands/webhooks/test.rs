//! `groma webhooks test`.

use clap::Args;
use groma_api::{DeliveryOutcome, ErrorCode};
use groma_model::WebhookId;

use crate::context::Context;
use crate::failure::Failure;

/// Send a test now, once, and say how it went
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// The webhook's id
    id: WebhookId,
}

impl Test {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let delivery = cx.change(async |backend| backend.webhook_test(self.id).await).await?;
        cx.out().print_one(&delivery, || super::tries(std::slice::from_ref(&delivery)))?;
        if delivery.outcome == DeliveryOutcome::Delivered {
            return Ok(());
        }
        let why = delivery.error.unwrap_or_default();
        Err(Failure::new(ErrorCode::TaskFailed, format!("the receiver did not take the test: {why}")))
    }
}
