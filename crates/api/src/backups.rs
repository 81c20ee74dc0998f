//! Backups: where they go, when they are made, what there is, and whether it would restore.

use async_trait::async_trait;
use groma_model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ApiError;

/// Where backups go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum BackupTarget {
    /// A folder on the holder's machine.
    Local {
        /// Its absolute path.
        path: String,
    },
    /// A bucket of Amazon S3 or a compatible store.
    S3 {
        /// The bucket.
        bucket: String,
        /// Put before every name; absent: none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prefix: Option<String>,
        /// The region; `us-east-1` unless told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
        /// The address of a compatible store; absent: Amazon's. Plain http is allowed for loopback alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endpoint: Option<String>,
        /// The access key's id; absent: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` of the
        /// environment in which Groma runs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        access_key_id: Option<String>,
        /// The access key's secret; taken, kept sealed, never given back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret_access_key: Option<String>,
    },
}

/// When backups are made. Every run is put off by up to a tenth of the time between two, at most half an hour, which is
/// the same for all of an installation and differs between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum BackupSchedule {
    /// Not by themselves.
    Off {},
    /// Every so many seconds (at least 900).
    Every {
        /// The seconds.
        seconds: u64,
    },
    /// Once a day.
    Daily {
        /// The hour, from 0 to 23, in UTC.
        hour: u8,
    },
}

/// Which backups are kept. A backup that one of the rules keeps is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupRetention {
    /// The last so many, at least 1.
    pub keep_last: u32,
    /// The last of each of so many days that have any.
    #[serde(default)]
    pub daily: u32,
    /// The last of each of so many weeks that have any.
    #[serde(default)]
    pub weekly: u32,
    /// The last of each of so many months that have any.
    #[serde(default)]
    pub monthly: u32,
}

/// Body of `POST /v1/backups/settings`: what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupSettingsRequest {
    /// Where backups go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<BackupTarget>,
    /// When they are made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<BackupSchedule>,
    /// Which are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<BackupRetention>,
    /// How often a backup is restored aside to prove that it can be, in days; 0: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drill_days: Option<u32>,
}

/// What a running job on backups does now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BackupJob {
    /// `create`, `verify`, `drill` or `forget`.
    pub kind: String,
    /// What it does now.
    pub phase: String,
    /// Bytes done.
    pub bytes: u64,
    /// Bytes in all, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_total: Option<u64>,
    /// Bytes per second, over the job so far.
    pub bytes_per_second: f64,
    /// When it began.
    pub started_at: Timestamp,
}

/// How a job on backups ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BackupOutcome {
    /// `create`, `verify`, `drill` or `forget`.
    pub kind: String,
    /// Whether it did what it was to do.
    pub success: bool,
    /// What it did, or why it failed, for people.
    pub message: String,
    /// The backup it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<u64>,
    /// When it ended.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// Data of `GET /v1/backups/settings`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BackupSettings {
    /// Where backups go, its secret left out; absent until it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<BackupTarget>,
    /// When they are made.
    pub schedule: BackupSchedule,
    /// Which are kept.
    pub retention: BackupRetention,
    /// In days; 0: never.
    pub drill_days: u32,
    /// When the next is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// What runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<BackupJob>,
    /// The last backup that succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success_at: Option<Timestamp>,
    /// The last time that a restore was proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_drill_at: Option<Timestamp>,
    /// What is wrong, for people: backups or drills that are overdue or failed.
    pub warnings: Vec<String>,
    /// The last jobs of each kind, latest first.
    pub outcomes: Vec<BackupOutcome>,
}

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Backup {
    /// By which it is named.
    pub number: u64,
    /// As of when the data are; absent if it cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// What restoring it writes, in bytes.
    pub bytes: u64,
    /// Files in it.
    pub files: u64,
    /// Things in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub things: Option<u64>,
    /// The position of the journal in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
    /// The version that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What is wrong with it; absent if nothing is known to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damage: Option<String>,
}

/// Data of `GET /v1/backups`, latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BackupList {
    /// The backups.
    pub backups: Vec<Backup>,
}

/// How closely backups are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerifyDepth {
    /// Every object is there, in its size.
    #[default]
    Quick,
    /// Every object is read back, opened and compared with its digest.
    Full,
}

/// Body of `POST /v1/backups/verify`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupVerifyRequest {
    /// One backup; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<u64>,
    /// How closely.
    #[serde(default)]
    pub depth: VerifyDepth,
}

/// Body of `POST /v1/backups/drill`: restores a backup aside, compares counts and answers, and removes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupDrillRequest {
    /// Which; absent: the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<u64>,
}

/// Operations on backups. Jobs run one at a time; starting one returns at once, [`BackupSettings::running`] tells how far
/// it is and [`BackupSettings::outcomes`] how it ended.
#[async_trait]
pub trait BackupOperations {
    /// Lists backups, latest first.
    async fn backup_list(&self) -> Result<BackupList, ApiError>;
    /// Returns where backups go, when, and how the last jobs ended.
    async fn backup_settings_get(&self) -> Result<BackupSettings, ApiError>;
    /// Changes where backups go, when, and which are kept.
    async fn backup_settings_set(&self, request: BackupSettingsRequest) -> Result<BackupSettings, ApiError>;
    /// Starts a backup.
    async fn backup_create(&self) -> Result<BackupSettings, ApiError>;
    /// Starts looking at backups.
    async fn backup_verify(&self, request: BackupVerifyRequest) -> Result<BackupSettings, ApiError>;
    /// Starts a drill.
    async fn backup_drill(&self, request: BackupDrillRequest) -> Result<BackupSettings, ApiError>;
    /// Stops the job that runs.
    async fn backup_cancel(&self) -> Result<BackupSettings, ApiError>;
}
