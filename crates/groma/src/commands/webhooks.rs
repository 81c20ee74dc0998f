//! `groma webhooks`.

mod create;
mod delete;
mod deliveries;
mod list;
mod pause;
mod replay;
mod resume;
mod rotate;
mod show;
mod test;
mod update;

use clap::Subcommand;
use groma_api::{Webhook, WebhookDelivery, WebhookState, WebhookWithSecret};

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, optional, say, text_line, word};

/// What can be done with webhooks.
#[derive(Debug, Subcommand)]
pub(crate) enum Webhooks {
    Create(create::Create),
    List(list::List),
    Show(show::Show),
    Update(update::Update),
    Pause(pause::Pause),
    Resume(resume::Resume),
    Delete(delete::Delete),
    Test(test::Test),
    Rotate(rotate::Rotate),
    Replay(replay::Replay),
    Deliveries(deliveries::Deliveries),
}

impl Webhooks {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Create(args) => args.run(cx).await,
            Self::List(args) => args.run(cx).await,
            Self::Show(args) => args.run(cx).await,
            Self::Update(args) => args.run(cx).await,
            Self::Pause(args) => args.run(cx).await,
            Self::Resume(args) => args.run(cx).await,
            Self::Delete(args) => args.run(cx).await,
            Self::Test(args) => args.run(cx).await,
            Self::Rotate(args) => args.run(cx).await,
            Self::Replay(args) => args.run(cx).await,
            Self::Deliveries(args) => args.run(cx).await,
        }
    }
}

fn sheet(webhooks: &[Webhook]) -> Sheet {
    let mut sheet = Sheet::new(&[
        "id",
        "state",
        "url",
        "types",
        "behind",
        "waiting",
        "delivered",
        "last success",
        "next try",
    ]);
    for webhook in webhooks {
        sheet.row(vec![
            webhook.id.to_string(),
            word(&webhook.state),
            webhook.url.clone(),
            webhook.types.join(" "),
            webhook.behind.to_string(),
            webhook.waiting.to_string(),
            webhook.delivered.to_string(),
            optional(webhook.last_success_at.map(moment)),
            optional(webhook.retry_at.map(moment)),
        ]);
    }
    sheet
}

fn fields(webhook: &Webhook) -> Sheet {
    let secrets = webhook.secrets.iter().map(|secret| match secret.expires_at {
        None => format!("made {}", moment(secret.created_at)),
        Some(expires) => format!("made {}, signs until {}", moment(secret.created_at), moment(expires)),
    });
    Sheet::of_fields(vec![
        ("id", webhook.id.to_string()),
        ("url", webhook.url.clone()),
        ("description", optional(webhook.description.clone())),
        ("state", word(&webhook.state)),
        ("reason", optional(webhook.reason.clone())),
        ("types", webhook.types.join(" ")),
        ("subject", optional(webhook.subject.clone())),
        ("format", word(&webhook.format)),
        ("private targets", if webhook.allow_private { "allowed".to_owned() } else { "refused".to_owned() }),
        ("position", webhook.position.to_string()),
        ("behind", webhook.behind.to_string()),
        ("waiting", webhook.waiting.to_string()),
        ("delivered", webhook.delivered.to_string()),
        ("failures in a row", webhook.failures.to_string()),
        ("next try", optional(webhook.retry_at.map(moment))),
        ("last success", optional(webhook.last_success_at.map(moment))),
        ("last failure", optional(webhook.last_failure_at.map(moment))),
        ("secrets", secrets.collect::<Vec<_>>().join("; ")),
        ("created", moment(webhook.created_at)),
    ])
}

/// Prints one webhook.
fn print(cx: &Context, webhook: &Webhook) -> Result<(), Failure> {
    cx.out().print_one(webhook, || fields(webhook))
}

/// Prints a secret the one time that it is shown: alone on stdout, so that it can go straight into a secret store.
fn print_secret(cx: &Context, made: &WebhookWithSecret) -> Result<(), Failure> {
    match cx.out().format {
        Format::Table => {
            text_line(&made.secret)?;
            say(format!(
                "the secret of webhook {} is shown this once: the receiver needs it",
                made.webhook.id
            ));
            Ok(())
        }
        _ => cx.out().print_one(made, || {
            let mut sheet = Sheet::new(&["id", "secret"]);
            sheet.row(vec![made.webhook.id.to_string(), made.secret.clone()]);
            sheet
        }),
    }
}

/// Says what a webhook that does not work needs.
fn advise(webhook: &Webhook) {
    if webhook.state == WebhookState::Disabled {
        let reason = webhook.reason.as_deref().unwrap_or("of many failures");
        say(format!("it was disabled: {reason}; go on with `groma webhooks resume {}`", webhook.id));
    }
}

fn tries(deliveries: &[WebhookDelivery]) -> Sheet {
    let mut sheet = Sheet::new(&[
        "at", "outcome", "status", "try", "ms", "kind", "type", "subject", "event", "next try", "error",
    ]);
    for delivery in deliveries {
        sheet.row(vec![
            moment(delivery.at),
            word(&delivery.outcome),
            optional(delivery.status),
            delivery.attempt.to_string(),
            delivery.duration_ms.to_string(),
            word(&delivery.kind),
            delivery.event_type.clone(),
            optional(delivery.subject.clone()),
            delivery.message_id.to_string(),
            optional(delivery.retry_at.map(moment)),
            optional(delivery.error.clone()),
        ]);
    }
    sheet
}
