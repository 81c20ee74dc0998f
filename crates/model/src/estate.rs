//! Scanning cloud accounts: the events that tell it (document 000).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::change::{ChangeKind, EndStatus, FieldChange};
use crate::{TaskId, ThingId, Timestamp};

/// How much of an estate a scan reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = EstateScanType)]
pub enum ScanType {
    /// Everything that was asked for.
    Full,
    /// What may have changed since the last scan.
    Incremental,
    /// Only what is cheap to read.
    Quick,
}

/// Data of `groma.estate.scan_started`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EstateScanStarted)]
pub struct ScanStarted {
    /// The scan.
    pub scan_id: TaskId,
    /// How much it reads.
    pub scan_type: ScanType,
    /// Account ids.
    pub accounts: Vec<String>,
    /// Region names.
    pub regions: Vec<String>,
    /// Service names, such as `ec2`.
    pub services: Vec<String>,
    /// When it started.
    pub started_at: Timestamp,
    /// The ended scan whose rest this one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes: Option<TaskId>,
}

/// What a scan that tells its progress is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = EstateScanStatus)]
pub enum ScanStatus {
    /// It goes on.
    Running,
    /// Its last progress: everything was tried.
    Completed,
    /// Its last progress: it could not go on.
    Failed,
    /// Its last progress: somebody stopped it.
    Cancelled,
}

/// How far an estate scan is; counts units (account × region × service).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EstateProgress)]
pub struct Progress {
    /// Units in all.
    pub total_services: u64,
    /// Units that were tried to their end.
    pub completed_services: u64,
    /// A service that is being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_service: Option<String>,
    /// The region in which it is being read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_region: Option<String>,
    /// Resources found so far.
    pub resources_found: u64,
    /// Completed ÷ total × 100; 0 when there are no units.
    pub percent_complete: f64,
}

impl Progress {
    /// Returns the percentage that belongs to these counts.
    #[must_use]
    pub fn percent(completed: u64, total: u64) -> f64 {
        if total == 0 { 0.0 } else { completed as f64 / total as f64 * 100.0 }
    }
}

/// Data of `groma.estate.scan_progress`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EstateScanProgress)]
pub struct ScanProgress {
    /// The scan.
    pub scan_id: TaskId,
    /// What it is doing.
    pub status: ScanStatus,
    /// How far it is.
    pub progress: Progress,
    /// What it is at, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_task: Option<String>,
    /// Whole seconds since it started.
    pub elapsed_seconds: u64,
}

/// Data of `groma.estate.scan_service_complete`: one per account × region × service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EstateScanServiceComplete)]
pub struct ScanServiceComplete {
    /// The scan.
    pub scan_id: TaskId,
    /// The service's name.
    pub service: String,
    /// The region's name.
    pub region: String,
    /// The account's id.
    pub account_id: String,
    /// Resources found there.
    pub resources_found: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Whether it was read to its last page.
    pub success: bool,
    /// Why it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What went wrong where. All five fields together tell one error from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EstateError)]
pub struct Error {
    /// The service's name.
    pub service: String,
    /// The region's name.
    pub region: String,
    /// The account's id.
    pub account_id: String,
    /// What happened and why.
    pub error: String,
    /// When.
    pub timestamp: Timestamp,
}

/// Data of `groma.estate.scan_error`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EstateScanError)]
pub struct ScanError {
    /// The scan.
    pub scan_id: TaskId,
    /// What went wrong.
    pub error: Error,
    /// Whether the scan goes on; if not, `scan_complete` follows with status `failed`.
    pub continue_scanning: bool,
}

/// What an estate scan did; equals what its other events add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EstateScanSummary)]
pub struct ScanSummary {
    /// Resources found, those that were not known before included.
    pub total_resources_found: u64,
    /// Known resources about which something is different.
    pub resources_updated: u64,
    /// Resources proven absent.
    pub resources_deleted: u64,
    /// Units read.
    pub services_scanned: u64,
    /// Units that could not be read.
    pub services_failed: u64,
}

/// Data of `groma.estate.scan_cancelled`; `scan_complete` follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EstateScanCancelled)]
pub struct ScanCancelled {
    /// The scan.
    pub scan_id: TaskId,
    /// When it was stopped.
    pub cancelled_at: Timestamp,
    /// Why, as given.
    pub reason: String,
    /// What it did until then.
    pub partial_results: ScanSummary,
}

/// Data of `groma.estate.scan_complete`, the last event of every estate scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EstateScanComplete)]
pub struct ScanComplete {
    /// The scan.
    pub scan_id: TaskId,
    /// How it ended.
    pub status: EndStatus,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub completed_at: Timestamp,
    /// Whole seconds from start to end.
    pub duration_seconds: u64,
    /// What it did.
    pub summary: ScanSummary,
    /// Every error of the scan, those told by `scan_error` included.
    pub errors: Vec<Error>,
}

/// Data of `groma.estate.resource_changed`, sent when the change commits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EstateResourceChanged)]
pub struct ResourceChanged {
    /// The scan that saw it.
    pub scan_id: TaskId,
    /// The resource's thing in the inventory.
    pub thing_id: ThingId,
    /// The account's id.
    pub account_id: String,
    /// The region's name.
    pub region: String,
    /// The service's name.
    pub service: String,
    /// The type, such as `instance`.
    pub resource_type: String,
    /// What happened to it.
    pub change: ChangeKind,
    /// Field by field, against what was known before.
    pub diff: Vec<FieldChange>,
}
