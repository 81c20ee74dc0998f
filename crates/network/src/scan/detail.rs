//! What the units of a scan keep: a block of addresses to look through, or a host to probe.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use groma_model::Finding;
use groma_model::Timestamp;
use groma_model::network::HostFinding;
use groma_model::task::UnitSpec;
use groma_model::thing::{SliceKey, ThingScope};
use groma_task::UnitError;
use serde::{Deserialize, Serialize};

use crate::address::AddressRange;

/// The work of one unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Detail {
    /// Look for hosts.
    Discover(Block),
    /// Probe the ports of a host.
    Host(HostDetail),
}

/// A block of addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Block {
    /// First addresses and counts.
    pub(super) ranges: Vec<(IpAddr, u64)>,
    /// Names by which some of them were asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) names: BTreeMap<IpAddr, String>,
    /// What is told as read when it is done: for each subnet the part of it that was asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) slices: BTreeMap<String, String>,
    /// What all random orders in it follow from.
    pub(super) seed: u64,
}

/// A host to probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct HostDetail {
    /// Where it answers.
    pub(super) address: IpAddr,
    /// The name by which it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hostname: Option<String>,
    /// What its answer to discovery took; absent if it was not looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) response_time_ms: Option<f64>,
    /// The part of its subnet that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) slice: Option<String>,
    /// What the order of its ports follows from.
    pub(super) seed: u64,
}

/// How far a host's unit is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Every port before this one of the order is decided and recorded.
    pub(super) next: u32,
}

impl Progress {
    /// Reads a checkpoint; one that is not ours, or none, is the very start.
    pub(super) fn read(checkpoint: Option<&serde_json::Value>) -> Self {
        checkpoint.and_then(|kept| Self::deserialize(kept).ok()).unwrap_or_default()
    }
}

impl Detail {
    /// Reads the work of a unit.
    pub(super) fn read(spec: &UnitSpec) -> Result<Self, UnitError> {
        Self::deserialize(&spec.detail).map_err(|error| UnitError::Failed {
            message: format!(
                "reading unit {}: it was kept by a version that this one does not know: {error}",
                spec.key
            ),
            transient: false,
        })
    }

    /// Returns how many addresses the unit stands for.
    pub(super) fn hosts(&self) -> u64 {
        match self {
            Self::Discover(block) => block.ranges.iter().map(|(_, count)| count).sum(),
            Self::Host(_) => 1,
        }
    }

    /// Makes the unit of that key.
    pub(super) fn spec(&self, key: String) -> UnitSpec {
        // Numbers, addresses and texts always become JSON.
        UnitSpec { key, detail: serde_json::to_value(self).unwrap_or_default(), slices: self.slices() }
    }

    /// Returns what is read with the unit. Services of hosts that are still to be found are read with their units.
    fn slices(&self) -> Vec<SliceKey> {
        match self {
            Self::Discover(block) => {
                let parts = block.slices.values();
                parts.flat_map(|part| [slice(HOST, part), slice(SERVICE, part)]).collect()
            }
            Self::Host(host) => host.slice.iter().map(|part| slice(SERVICE, part)).collect(),
        }
    }
}

const HOST: &str = "network.host";
const SERVICE: &str = "network.service";

fn slice(kind: &str, part: &str) -> SliceKey {
    let scope = ThingScope { subnet: Some(part.to_owned()), ..ThingScope::default() };
    SliceKey { kind: kind.to_owned(), scope }
}

impl Block {
    /// Lists the addresses.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        let ranges = self.ranges.iter().filter_map(|(first, count)| AddressRange::counted(*first, *count));
        ranges.flat_map(|range| range.iter()).collect()
    }
}

impl HostDetail {
    /// Makes the unit; its address names it.
    pub(super) fn into_spec(self) -> UnitSpec {
        let key = format!("host/{}", self.address);
        Detail::Host(self).spec(key)
    }

    /// Returns the finding that the host answered.
    pub(super) fn found(&self, response_time_ms: f64, at: Timestamp) -> Finding {
        Finding::Host(HostFinding {
            address: self.address,
            hostname: self.hostname.clone(),
            // Microseconds are all that a connection attempt can tell.
            response_time_ms: (response_time_ms * 1000.0).round() / 1000.0,
            at,
            slice: self.slice.as_deref().map(|part| slice(HOST, part)),
        })
    }

    /// Returns the slice in which its ports are probed.
    pub(super) fn services(&self) -> Option<SliceKey> {
        self.slice.as_deref().map(|part| slice(SERVICE, part))
    }

    /// Returns the measured response time.
    pub(super) fn rtt(&self) -> Option<Duration> {
        Duration::try_from_secs_f64(self.response_time_ms? / 1000.0).ok()
    }
}
