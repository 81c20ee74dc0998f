//! Scans of any kind: asking for one, and what is kept of it.

mod tagged;

use std::net::IpAddr;

use groma_model::network::{PortState, Protocol};
use groma_model::{PrincipalId, TaskId, ThingId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{OneOfBuilder, RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use self::tagged::tagged;
use crate::{Progress, TaskState};

/// Body of `POST /v1/scans`: what to scan, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ScanRequest {
    /// A scan of hosts and ports.
    Network(NetworkScanRequest),
}

impl ScanRequest {
    /// Returns the word of the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Network(_) => "network",
        }
    }
}

impl PartialSchema for ScanRequest {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .item(tagged::<NetworkScanRequest>("kind", "network"))
            .description(Some("What to scan, by kind."))
            .into()
    }
}

impl ToSchema for ScanRequest {}

/// A TCP connect scan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkScanRequest {
    /// Addresses (`10.1.0.7`, `fd00::1`), networks (`10.1.0.0/24`), ranges (`10.1.0.1-20`, `10.1.0.1-10.1.0.20`),
    /// host names.
    #[schema(min_items = 1, max_items = 65_536)]
    pub targets: Vec<String>,
    /// What of these to leave out; the same forms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Numbers, ranges, names, `-` for all, `top100`: `22,80,8000-8100,https`.
    #[serde(default = "default_ports")]
    pub ports: String,
    /// Look for hosts first, by TCP ping; without, every address counts as up.
    #[serde(default = "yes")]
    pub discovery: bool,
    /// Probes in flight at most (1 to 65,535); the descriptor limit may lower it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 65_535)]
    pub concurrency: Option<u32>,
    /// How long a probe waits for its answer, in milliseconds (10 to 60,000).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 10, maximum = 60_000)]
    pub timeout_ms: Option<u64>,
    /// How often an unanswered probe is sent again (0 to 10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 10)]
    pub retries: Option<u32>,
    /// Probes per second at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10_000_000)]
    pub max_rate: Option<u32>,
    /// Allow addresses outside private networks; audited.
    #[serde(default)]
    pub allow_public: bool,
    /// Start even if an identical scan is running.
    #[serde(default)]
    pub force: bool,
}

fn default_ports() -> String {
    "top100".to_owned()
}

const fn yes() -> bool {
    true
}

impl NetworkScanRequest {
    /// Returns a request with defaults for everything but targets and ports.
    #[must_use]
    pub fn new(targets: Vec<String>, ports: impl Into<String>) -> Self {
        Self {
            targets,
            exclude: Vec::new(),
            ports: ports.into(),
            discovery: true,
            concurrency: None,
            timeout_ms: None,
            retries: None,
            max_rate: None,
            allow_public: false,
            force: false,
        }
    }
}

/// Data of the 202 (a new scan) or 200 (an identical one is running) that answers a start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StartedScan {
    /// The task to watch.
    pub task_id: TaskId,
    /// Whether it is an identical scan that was running already.
    pub existing: bool,
}

/// Where a scan is, in more words than the four task states have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScanStatus {
    /// Waiting for its turn.
    Queued,
    /// Running, or waiting for a process to take it up again.
    Running,
    /// Ran to its end; single units may have failed.
    Completed,
    /// Could not go on.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl ScanStatus {
    /// Returns the word of the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns the status of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Queued, Self::Running, Self::Completed, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|status| status.as_str() == word)
    }

    /// Returns whether nothing more will happen.
    #[must_use]
    pub const fn ended(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// How many units of a scan are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitCount {
    /// Still to be done.
    pub pending: u64,
    /// Done.
    pub done: u64,
    /// Failed for good.
    pub failed: u64,
}

/// What came of an ended scan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScanSummary {
    /// Hosts that answered.
    pub hosts_up: u64,
    /// Addresses of which everything asked is known.
    pub hosts_scanned: u64,
    /// Distinct open ports.
    pub ports_open: u64,
    /// Ports of which the state is known.
    pub ports_scanned: u64,
    /// Things that were not known before.
    pub added: u64,
    /// Things that changed.
    pub updated: u64,
    /// Things that went.
    pub deleted: u64,
}

/// A scan as kept: running or ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Scan {
    /// The scan, which is also its task.
    pub id: TaskId,
    /// Where it is, in document 004's words.
    pub state: TaskState,
    /// Where it is.
    pub status: ScanStatus,
    /// What was asked.
    pub request: ScanRequest,
    /// Who asked.
    pub principal_id: PrincipalId,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How far it is.
    pub progress: Progress,
    /// Its units.
    pub units: UnitCount,
    /// What came of it; once it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<ScanSummary>,
    /// Whether something that was asked is not known; once it ended.
    pub partial: bool,
    /// Whether its changes were taken back.
    pub discarded: bool,
    /// Why it did not run to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Errors that did not stop it, the latest 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The ended scan whose rest this one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes: Option<TaskId>,
    /// The scan whose changes this record takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discards: Option<TaskId>,
    /// Why it is queued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_reason: Option<String>,
    /// The position of the journal at which this was read.
    pub sequence: String,
}

/// Query of `GET /v1/scans`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ScanQuery {
    /// Only scans that have (false) or have not (true) ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Only scans with this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub status: Option<ScanStatus>,
    /// At most so many (1 to 500); 50 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A page of scans, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScanList {
    /// The scans.
    pub scans: Vec<Scan>,
    /// Ask again with this for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A port as a scan saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScanPort {
    /// The port's number.
    pub port: u16,
    /// The transport.
    pub protocol: Protocol,
    /// What the scan proved.
    pub state: PortState,
    /// The usual name of what listens at that number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// A host as a scan saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScanHost {
    /// Its thing.
    pub id: ThingId,
    /// The address.
    #[schema(value_type = String)]
    pub address: IpAddr,
    /// The name that was scanned or resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// From probe to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_time_ms: Option<f64>,
    /// Its ports, by number.
    pub ports: Vec<ScanPort>,
}

/// Data of `GET /v1/scans/{id}/hosts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScanHostPage {
    /// Hosts that answered, by address.
    pub hosts: Vec<ScanHost>,
    /// The position of the journal at which this was read: events after it are not in it.
    pub sequence: String,
}

/// Data of `GET /v1/scans/{id}/diff/{other}`: what `id` saw that differs from `other`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScanDiff {
    /// The later scan.
    pub scan: TaskId,
    /// The scan it is held against.
    pub other: TaskId,
    /// Hosts that only `scan` saw.
    pub hosts_added: Vec<ScanHost>,
    /// Hosts that only `other` saw. Not seen is not proven absent.
    pub hosts_missing: Vec<ScanHost>,
    /// Ports open in `scan` and not in `other`, on hosts that both saw.
    pub ports_opened: Vec<ScanHost>,
    /// Ports open in `other` and not seen open in `scan`, on hosts that both saw.
    pub ports_missing: Vec<ScanHost>,
}

/// Data of `POST /v1/scans/validate`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Validation {
    /// Whether a scan would start.
    pub valid: bool,
    /// Why it would not.
    pub errors: Vec<ValidationIssue>,
    /// What to know before.
    pub warnings: Vec<ValidationIssue>,
    /// Addresses to look at.
    pub hosts: u64,
    /// Ports per address.
    pub ports: u64,
    /// Probes at most, without retries.
    pub calls_expected: u64,
    /// Seconds at most, by rate and timeout.
    pub seconds_expected: f64,
}

/// One finding of a dry check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ValidationIssue {
    /// The field it is about.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// Body of `POST /v1/scan/task/{task_id}/discard`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscardRequest {
    /// Why; kept in the audit.
    #[serde(default)]
    pub reason: String,
}
