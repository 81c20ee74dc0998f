//! Events about Groma itself, and the control frames of a stream.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Sequence, Subject, WebhookId};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something may go wrong later.
    Warning,
    /// Something did not work.
    Error,
    /// Groma cannot go on as it should.
    Critical,
}

/// Data of `groma.system.error`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SystemError)]
pub struct Error {
    /// What happened, why, and what to do.
    pub message: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where it happened.
    #[schema(required)]
    pub context: Option<String>,
    /// Unix milliseconds.
    pub timestamp: i64,
}

/// Why events are missing from a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// Retention dropped them.
    Retention,
    /// The history was reset or set aside, so the position belongs to an earlier epoch.
    HistoryReset,
    /// The position lies ahead of the journal's head.
    UnknownPosition,
    /// A damaged record was passed over.
    Damaged,
}

/// Data of the control frame `groma.system.stream_gap`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StreamGap {
    /// The position before what is missing.
    pub from: Sequence,
    /// The position of the last that is missing; the stream goes on behind it.
    pub to: Sequence,
    /// Why.
    pub reason: GapReason,
    /// Where the present state can be read.
    pub snapshot_url: String,
}

/// Data of the control frame `groma.system.stream_merged`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StreamMerged {
    /// The type of the merged events.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Their subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// How many were left out; the newest follows.
    pub count: u64,
}

/// Data of `groma.system.webhook_test`, which a webhook is sent on request; it is not journaled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookTest {
    /// The webhook.
    pub webhook_id: WebhookId,
    /// Says what this is.
    pub message: String,
}
