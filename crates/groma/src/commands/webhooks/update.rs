//! `groma webhooks update`.

use clap::{Args, ValueEnum};
use groma_api::{WebhookFormat, WebhookUpdate};
use groma_model::WebhookId;

use crate::context::Context;
use crate::failure::Failure;

/// How events travel.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// The whole event as the body
    Structured,
    /// The data as the body, all else in headers
    Binary,
}

/// Change a webhook; what is not named stays
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The webhook's id
    id: WebhookId,
    /// Where events go
    #[arg(long)]
    url: Option<String>,
    /// For people; empty to have none
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Only events of these types; separated by commas, empty for all
    #[arg(long, value_name = "PATTERNS")]
    types: Option<String>,
    /// Only events about this; empty for all
    #[arg(long)]
    subject: Option<String>,
    /// How events travel
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Form>,
    /// Whether the receiver may be on this machine or in a private network
    #[arg(long, value_name = "true|false")]
    allow_private: Option<bool>,
}

impl Update {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let patterns = |text: String| {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        };
        let update = WebhookUpdate {
            url: self.url,
            description: self.description,
            types: self.types.map(patterns),
            subject: self.subject,
            format: self.format.map(|form| match form {
                Form::Structured => WebhookFormat::Structured,
                Form::Binary => WebhookFormat::Binary,
            }),
            allow_private: self.allow_private,
            enabled: None,
        };
        let webhook = cx.change(async |backend| backend.webhook_update(self.id, update).await).await?;
        super::print(cx, &webhook)
    }
}
