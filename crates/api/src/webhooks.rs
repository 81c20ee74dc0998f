//! Webhooks: events delivered to other people's servers, signed as Standard Webhooks says.

use std::fmt;

use async_trait::async_trait;
use groma_model::{EventId, Sequence, Timestamp, WebhookId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiError;

/// How a CloudEvent travels (CloudEvents HTTP binding 1.0.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WebhookFormat {
    /// The whole event as `application/cloudevents+json`.
    #[default]
    Structured,
    /// The data as the body, all else in `ce-` headers.
    Binary,
}

/// Body of `POST /v1/webhooks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookRequest {
    /// `https://…`; `http` only with `allow_private`.
    pub url: String,
    /// For people; at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Type patterns; empty: every event.
    #[serde(default)]
    pub types: Vec<String>,
    /// Only events about this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// How events travel.
    #[serde(default)]
    pub format: WebhookFormat,
    /// Whether the target may be loopback, link-local or private; cloud metadata addresses are never allowed.
    #[serde(default)]
    pub allow_private: bool,
    /// Begin behind this position; `oldest` for everything there is; absent: with the next event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Body of `POST /v1/webhooks/{id}`: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookUpdate {
    /// As in [`WebhookRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// As in [`WebhookRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// As in [`WebhookRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub types: Option<Vec<String>>,
    /// As in [`WebhookRequest`]; the empty text lifts the filter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// As in [`WebhookRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<WebhookFormat>,
    /// As in [`WebhookRequest`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_private: Option<bool>,
    /// `false` pauses: the position stays, and deliveries go on from there. `true` goes on, whatever stopped it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// Whether deliveries go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// They do.
    Active,
    /// The circuit is open: after many failures in a row only a trial goes out, at `retry_at`.
    Resting,
    /// Somebody paused it.
    Paused,
    /// The receiver answered 410, or an event was given up after its last try.
    Disabled,
}

/// A signing secret, without the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookSecret {
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it also signs; absent for the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Where events go.
    pub url: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Type patterns; empty: every event.
    pub types: Vec<String>,
    /// Only events about this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// How events travel.
    pub format: WebhookFormat,
    /// Whether the target may be loopback, link-local or private.
    pub allow_private: bool,
    /// Whether deliveries go out.
    pub state: WebhookState,
    /// Why they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Everything up to here was delivered or needs no delivery.
    #[schema(value_type = String)]
    pub position: Sequence,
    /// Events behind the position that were read and are not yet delivered.
    pub waiting: u64,
    /// How far the position is behind the journal's head, in events of all types.
    pub behind: u64,
    /// Events delivered since it was made.
    pub delivered: u64,
    /// Tries in a row that failed.
    pub failures: u32,
    /// When the next try goes out, if the last failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// The last delivery that was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success_at: Option<Timestamp>,
    /// The last try that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure_at: Option<Timestamp>,
    /// The active secrets, newest first: at most two.
    pub secrets: Vec<WebhookSecret>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Data of `POST /v1/webhooks` and `…/rotate`: the only time the secret is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookWithSecret {
    /// The webhook.
    pub webhook: Webhook,
    /// `whsec_` and 24 to 64 bytes as base64 (Standard Webhooks).
    pub secret: String,
}

impl fmt::Debug for WebhookWithSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookWithSecret").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

/// Data of `GET /v1/webhooks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookList {
    /// Newest first.
    pub webhooks: Vec<Webhook>,
}

/// Body of `POST /v1/webhooks/{id}/rotate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookRotation {
    /// How long the old secret signs beside the new one, in seconds; a day unless told, at most 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_seconds: Option<u64>,
}

/// Body of `POST /v1/webhooks/{id}/replay`: events of the range that fit the filter are delivered again, with the
/// ids they had, beside the live ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookReplay {
    /// Begin behind this position, or `oldest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Begin with the first event at or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// End with this position; the head unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
}

/// Data of `POST /v1/webhooks/{id}/replay`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StartedReplay {
    /// Events that will be delivered.
    pub events: u64,
    /// Whether the range begins before the oldest event kept.
    pub gap: bool,
}

/// Why something was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryKind {
    /// It happened.
    Live,
    /// Somebody asked for it again.
    Replay,
    /// Somebody tried the webhook.
    Test,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// The receiver accepted it: 2xx.
    Delivered,
    /// The try failed; another follows at `retry_at`.
    Failed,
    /// The last try failed, or it was discarded.
    GivenUp,
}

/// One try of a delivery; kept for some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookDelivery {
    /// `webhook-id`: the event's id, the same over all tries.
    pub message_id: EventId,
    /// The event's position; absent for a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub sequence: Option<Sequence>,
    /// The event's type.
    pub event_type: String,
    /// Its subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Why it was sent.
    pub kind: DeliveryKind,
    /// The first try is 1.
    pub attempt: u32,
    /// When the try began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How it ended.
    pub outcome: DeliveryOutcome,
    /// The receiver's status, if it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The first 1,024 characters of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// When the next try goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
}

/// Query of `GET /v1/webhooks/{id}/deliveries`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WebhookDeliveryQuery {
    /// Only those that ended so: `delivered`, `failed` or `given_up`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// At most so many (1 to 1,000); 100 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Data of `GET /v1/webhooks/{id}/deliveries`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookDeliveryPage {
    /// Newest first.
    pub deliveries: Vec<WebhookDelivery>,
    /// Passed as `cursor` for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Operations on webhooks.
#[async_trait]
pub trait WebhookOperations {
    /// Makes a webhook.
    async fn webhook_create(&self, request: WebhookRequest) -> Result<WebhookWithSecret, ApiError>;
    /// Lists webhooks.
    async fn webhook_list(&self) -> Result<WebhookList, ApiError>;
    /// Returns one webhook.
    async fn webhook_get(&self, id: WebhookId) -> Result<Webhook, ApiError>;
    /// Changes a webhook; pauses it or lets it go on.
    async fn webhook_update(&self, id: WebhookId, update: WebhookUpdate) -> Result<Webhook, ApiError>;
    /// Deletes a webhook and its log.
    async fn webhook_delete(&self, id: WebhookId) -> Result<(), ApiError>;
    /// Sends a `groma.system.webhook_test` now, once, and says how that went.
    async fn webhook_test(&self, id: WebhookId) -> Result<WebhookDelivery, ApiError>;
    /// Makes a new secret; the old one signs too for a while.
    async fn webhook_rotate(
        &self,
        id: WebhookId,
        rotation: WebhookRotation,
    ) -> Result<WebhookWithSecret, ApiError>;
    /// Delivers a range again.
    async fn webhook_replay(&self, id: WebhookId, replay: WebhookReplay) -> Result<StartedReplay, ApiError>;
    /// Returns the log of tries, newest first.
    async fn webhook_deliveries(
        &self,
        id: WebhookId,
        query: WebhookDeliveryQuery,
    ) -> Result<WebhookDeliveryPage, ApiError>;
}
