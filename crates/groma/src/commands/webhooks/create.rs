//! `groma webhooks create`.

use clap::Args;
use groma_api::{WebhookFormat, WebhookRequest};

use crate::context::Context;
use crate::failure::Failure;

/// Make a webhook; its signing secret is shown this once
///
/// Events go out as CloudEvents, signed as Standard Webhooks says, while a server runs. What happens without one is
/// delivered once there is one again.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Where events go: https://…
    url: String,
    /// For people: what it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Only events of these types, such as groma.network.*; separated by commas
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    types: Vec<String>,
    /// Only events about this, such as scan/ID
    #[arg(long)]
    subject: Option<String>,
    /// Send the data alone as the body, and all else in `ce-` headers
    #[arg(long)]
    binary: bool,
    /// Let the receiver be on this machine or in a private network, and take http
    #[arg(long)]
    allow_private: bool,
    /// Begin behind this position, or `oldest`; without, with the next event
    #[arg(long, value_name = "SEQUENCE")]
    after: Option<String>,
}

impl Create {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let request = WebhookRequest {
            url: self.url,
            description: self.description,
            types: self.types,
            subject: self.subject,
            format: if self.binary { WebhookFormat::Binary } else { WebhookFormat::Structured },
            allow_private: self.allow_private,
            after: self.after,
        };
        let made = cx.change(async |backend| backend.webhook_create(request).await).await?;
        super::print_secret(cx, &made)
    }
}
