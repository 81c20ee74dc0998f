//! `groma webhooks replay`.

use clap::Args;
use groma_api::WebhookReplay;
use groma_model::{Timestamp, WebhookId};

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, say};

/// Deliver a range of events again, with the ids they had
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The webhook's id
    id: WebhookId,
    /// Begin behind this position, or `oldest`
    #[arg(long, value_name = "SEQUENCE", required_unless_present = "since", conflicts_with = "since")]
    after: Option<String>,
    /// Begin with the first event at or after this time, such as 2026-11-21T15:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// End with this position; without, with the newest event there is now
    #[arg(long, value_name = "SEQUENCE")]
    through: Option<String>,
}

impl Replay {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let replay = WebhookReplay { after: self.after, since: self.since, through: self.through };
        let started = cx.change(async |backend| backend.webhook_replay(self.id, replay).await).await?;
        cx.out().print_one(&started, || {
            Sheet::of_fields(vec![("events", started.events.to_string()), ("gap", started.gap.to_string())])
        })?;
        if started.gap {
            say("events of the range are gone: the receiver is told of the gap");
        }
        Ok(())
    }
}
