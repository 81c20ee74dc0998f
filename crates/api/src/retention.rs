//! How long events are kept, who still needs them, and figures about them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use groma_model::{Sequence, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ApiError;

/// How long events of some types are kept. Of several rules that fit a type, the first in the list counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionRule {
    /// A type pattern: `groma.network.scan_progress`, `groma.custom.*`, or the words `kept` and `latest` for all types
    /// of a delivery class.
    pub types: String,
    /// Dropped when older, in seconds (at least 60); absent: never by age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<u64>,
    /// The oldest are dropped when those of a type take more, in bytes; absent: never by size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
}

/// Body of `POST /v1/retention`: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionRequest {
    /// The rules, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<RetentionRule>>,
    /// The oldest events go when the database uses more of its file than this, in bytes (at least 64 MiB), whoever still
    /// needs them; 0: no ceiling. The file itself does not shrink: what was freed is used again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_max_bytes: Option<u64>,
    /// Whether events are written to `archive/` in the data folder, sealed and compressed, before they are dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<bool>,
    /// A consumer that was silent for so long no longer holds events, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer_expiry_seconds: Option<u64>,
}

/// Data of `GET /v1/retention`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Retention {
    /// The rules, in order.
    pub rules: Vec<RetentionRule>,
    /// In bytes; 0: no ceiling.
    pub disk_max_bytes: u64,
    /// Whether dropped events are archived.
    pub archive: bool,
    /// Where, as a path on the holder's machine.
    pub archive_folder: String,
    /// In seconds.
    pub consumer_expiry_seconds: u64,
    /// Events in the journal.
    pub events: u64,
    /// What they take, in bytes, as sealed.
    pub bytes: u64,
    /// What the database's file takes on disk, in bytes.
    pub disk_bytes: u64,
    /// When the oldest was appended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_at: Option<Timestamp>,
    /// The last time that something was dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_run: Option<RetentionRun>,
    /// Who holds events that rules would drop: consumers, webhooks, running tasks.
    pub held_by: Vec<String>,
}

/// What a run dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionRun {
    /// When.
    pub at: Timestamp,
    /// Events dropped.
    pub events: u64,
    /// What they took, in bytes.
    pub bytes: u64,
    /// Files written to the archive.
    pub archived_files: u32,
    /// Events dropped because of the ceiling although somebody needed them.
    pub forced: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// Body of `POST /v1/consumers`: registers a reader whose events are kept for it, or tells its position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsumerRequest {
    /// 1 to 100 letters, digits, `.`, `_` and `-`.
    pub name: String,
    /// Everything up to here is dealt with; absent: the head. Going back is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub position: Option<Sequence>,
}

/// A registered reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consumer {
    /// Its name.
    pub name: String,
    /// Everything up to here is dealt with.
    #[schema(value_type = String)]
    pub position: Sequence,
    /// Events behind the journal's head.
    pub behind: u64,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it last told its position.
    pub seen_at: Timestamp,
    /// When it stops holding events unless it is heard of.
    pub expires_at: Timestamp,
}

/// Data of `GET /v1/consumers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsumerList {
    /// By name.
    pub consumers: Vec<Consumer>,
}

/// Figures of one type.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventTypeFigures {
    /// Appended since the process started.
    pub appended: u64,
    /// Appended per second, over the last minute.
    pub per_second: f64,
    /// In the journal now.
    pub stored: u64,
    /// What those take, in bytes, as sealed.
    pub bytes: u64,
    /// Left out for slow readers since the process started.
    pub merged: u64,
    /// Dropped by retention since the process started.
    pub dropped: u64,
    /// The newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
}

/// Data of `GET /v1/statistics/events`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventStatistics {
    /// When the process started.
    pub since: Timestamp,
    /// When this was read.
    pub as_of: Timestamp,
    /// The newest position.
    #[schema(value_type = String)]
    pub head: Sequence,
    /// Figures of types of which there were any, by name.
    pub types: BTreeMap<String, EventTypeFigures>,
    /// Appended per second and second of the last minute, oldest first: 60 figures.
    pub last_minute: Vec<u64>,
    /// Open readers: streams, webhooks, programs.
    pub readers: u64,
    /// How far the slowest live reader is behind the head, in events.
    pub lag_max: u64,
    /// Left out for slow readers since the process started.
    pub merged: u64,
    /// Gaps told to readers since the process started.
    pub gaps: u64,
    /// Dropped by retention since the process started.
    pub dropped: u64,
    /// Events that could not be appended since the process started.
    pub failed: u64,
}

/// Operations on retention, consumers and statistics.
#[async_trait]
pub trait RetentionOperations {
    /// Returns how long events are kept, and what there is.
    async fn retention_get(&self) -> Result<Retention, ApiError>;
    /// Changes how long events are kept.
    async fn retention_set(&self, request: RetentionRequest) -> Result<Retention, ApiError>;
    /// Drops now what may go, instead of at the next of the regular runs.
    async fn retention_run(&self) -> Result<RetentionRun, ApiError>;
    /// Registers a consumer or tells its position.
    async fn consumer_put(&self, request: ConsumerRequest) -> Result<Consumer, ApiError>;
    /// Lists consumers.
    async fn consumer_list(&self) -> Result<ConsumerList, ApiError>;
    /// Forgets a consumer: it no longer holds events.
    async fn consumer_delete(&self, name: String) -> Result<(), ApiError>;
    /// Returns figures of the journal.
    async fn event_statistics(&self) -> Result<EventStatistics, ApiError>;
}
