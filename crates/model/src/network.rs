//! Network scanning: what engines find, and the events that tell it (document 001).

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::change::{ChangeKind, EndStatus, FieldChange};
use crate::thing::SliceKey;
use crate::{TaskId, ThingId, Timestamp};

/// A transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// RFC 9293.
    Tcp,
    /// RFC 768.
    Udp,
}

impl Protocol {
    /// Returns `tcp` or `udp`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// What is known of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortState {
    /// Something accepts connections.
    Open,
    /// Open, or its answers are filtered.
    OpenFiltered,
    /// The host answered that nothing listens.
    Closed,
    /// No answer, or one that says a filter stands between.
    Filtered,
}

impl PortState {
    /// Returns the word of the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::OpenFiltered => "open_filtered",
            Self::Closed => "closed",
            Self::Filtered => "filtered",
        }
    }

    /// Returns the state of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Open, Self::OpenFiltered, Self::Closed, Self::Filtered]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// Returns the subnet under which an address is listed: 256 addresses of IPv4, a network of 64 bits of IPv6.
#[must_use]
pub fn subnet_of(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// A host answered.
#[derive(Debug, Clone, PartialEq)]
pub struct HostFinding {
    /// Where it answers.
    pub address: IpAddr,
    /// The name under which the user or a resolver knows it.
    pub hostname: Option<String>,
    /// From probe to answer, in milliseconds.
    pub response_time_ms: f64,
    /// When it answered.
    pub at: Timestamp,
    /// The slice in which it was looked for.
    pub slice: Option<SliceKey>,
}

/// The state of one port, proven now.
#[derive(Debug, Clone, PartialEq)]
pub struct PortFinding {
    /// Where it was probed.
    pub address: IpAddr,
    /// The port's number.
    pub port: u16,
    /// The transport.
    pub protocol: Protocol,
    /// What the probe proved.
    pub state: PortState,
    /// When the answer came, or the last timeout passed.
    pub at: Timestamp,
    /// The slice in which it was probed.
    pub slice: Option<SliceKey>,
}

/// Data of `groma.network.scan_started`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NetworkScanStarted)]
pub struct ScanStarted {
    /// The scan.
    pub scan_id: TaskId,
    /// The targets as given.
    pub targets: Vec<String>,
    /// The ports as given.
    pub ports: String,
    /// How it scans.
    pub options: ScanOptions,
    /// When it started.
    pub timestamp: Timestamp,
    /// The ended scan whose rest this one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes: Option<TaskId>,
}

/// How a network scan probes; part of `scan_started`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NetworkScanOptions)]
pub struct ScanOptions {
    /// The named set of defaults.
    pub profile: String,
    /// How ports are probed: `connect`.
    pub engine: String,
    /// Whether hosts are looked for first.
    pub discovery: bool,
    /// Probes in flight at most.
    pub concurrency: u32,
    /// How long a probe waits for its answer, in milliseconds.
    pub timeout_ms: u64,
    /// How often an unanswered probe is sent again.
    pub retries: u32,
    /// Probes per second at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rate: Option<u32>,
    /// Whether services are identified.
    pub services: bool,
    /// Whether operating systems are guessed.
    pub os: bool,
    /// Targets left out, as given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
}

/// Data of `groma.network.host_discovered`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NetworkHostDiscovered)]
pub struct HostDiscovered {
    /// The scan.
    pub scan_id: TaskId,
    /// The address.
    #[schema(value_type = String)]
    pub host: IpAddr,
    /// Its thing in the inventory.
    pub thing_id: ThingId,
    /// From probe to answer.
    pub response_time_ms: f64,
    /// Time to live of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u8>,
    /// Hardware address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac_address: Option<String>,
    /// Who made the network interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// The name that was scanned or resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// When it answered.
    pub timestamp: Timestamp,
}

/// What listens at a port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceInfo {
    /// The service's usual name, such as `ssh`.
    pub name: String,
    /// The product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What it said first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    /// Common Platform Enumeration name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpe: Option<String>,
    /// 0 to 1; a name that only follows from the port's number has 0.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// Data of `groma.network.port_discovered`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NetworkPortDiscovered)]
pub struct PortDiscovered {
    /// The scan.
    pub scan_id: TaskId,
    /// The host's address.
    #[schema(value_type = String)]
    pub host: IpAddr,
    /// The port's number.
    pub port: u16,
    /// The transport.
    pub protocol: Protocol,
    /// `open` or `open_filtered`.
    pub state: PortState,
    /// What listens there, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceInfo>,
    /// When the answer came.
    pub timestamp: Timestamp,
}

/// Data of `groma.network.scan_progress`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NetworkScanProgress)]
pub struct ScanProgress {
    /// The scan.
    pub scan_id: TaskId,
    /// Addresses of which everything asked is known.
    pub hosts_scanned: u64,
    /// Addresses in all.
    pub total_hosts: u64,
    /// Ports of which the state is known.
    pub ports_scanned: u64,
    /// Ports to probe; shrinks by those of addresses that turn out to be down.
    pub total_ports: u64,
    /// Since the scan started, in milliseconds; pauses between processes included.
    pub elapsed_ms: u64,
    /// How much longer, in milliseconds, once it can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_remaining_ms: Option<u64>,
    /// When this was measured.
    pub timestamp: Timestamp,
}

/// What a network scan found; part of `scan_completed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NetworkScanResults)]
pub struct ScanResults {
    /// Hosts that answered: as many as `host_discovered` events.
    pub hosts_up: u64,
    /// Addresses of which everything asked is known.
    pub hosts_scanned: u64,
    /// Distinct open ports.
    pub ports_open: u64,
    /// Ports of which the state is known.
    pub ports_scanned: u64,
    /// Where the results can be read.
    pub href: String,
}

/// Data of `groma.network.scan_completed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NetworkScanCompleted)]
pub struct ScanCompleted {
    /// The scan.
    pub scan_id: TaskId,
    /// How it ended.
    pub status: EndStatus,
    /// Whether something that was asked is not known.
    pub partial: bool,
    /// Whether it ran to its end.
    pub success: bool,
    /// What it found.
    pub results: ScanResults,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Why it did not succeed; `cancelled: <reason>` after a cancel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it ended.
    pub timestamp: Timestamp,
}

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = NetworkErrorType)]
pub enum ErrorType {
    /// A name has no address.
    Resolution,
    /// The system does not let us.
    Permission,
    /// No way leads there.
    Unreachable,
    /// Descriptors, ports or memory ran out.
    Resource,
    /// A fault of ours.
    Internal,
}

/// Data of `groma.network.error`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NetworkError)]
pub struct Error {
    /// The scan, if it was in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan_id: Option<TaskId>,
    /// What kind.
    pub error_type: ErrorType,
    /// What happened, to what, and why.
    pub message: String,
    /// Particulars.
    pub context: BTreeMap<String, String>,
    /// When.
    pub timestamp: Timestamp,
}

/// Data of `groma.network.host_changed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NetworkHostChanged)]
pub struct HostChanged {
    /// The scan that saw it.
    pub scan_id: TaskId,
    /// The host's thing.
    pub thing_id: ThingId,
    /// The host's address.
    #[schema(value_type = String)]
    pub host: IpAddr,
    /// What happened to it.
    pub change: ChangeKind,
    /// Field by field, against what was known before.
    pub diff: Vec<FieldChange>,
}
