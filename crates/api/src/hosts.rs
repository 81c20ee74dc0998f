//! Hosts of the inventory.

use std::net::IpAddr;

use groma_model::network::{PortState, Protocol};
use groma_model::{TaskId, ThingId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What listens at a host's port.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HostService {
    /// Its thing.
    pub id: ThingId,
    /// The port's number.
    pub port: u16,
    /// The transport.
    pub protocol: Protocol,
    /// What was last proven.
    pub state: PortState,
    /// The usual name of what listens at that number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
}

/// A host of the inventory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Host {
    /// Its thing.
    pub id: ThingId,
    /// The address.
    #[schema(value_type = String)]
    pub address: IpAddr,
    /// The name that was scanned or resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// What was last proven: `up`.
    pub state: String,
    /// From probe to answer, the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_time_ms: Option<f64>,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// When something about it last changed.
    pub last_changed: Timestamp,
    /// The scan that last saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<TaskId>,
    /// Its services, by port.
    pub services: Vec<HostService>,
}

/// Query of `GET /v1/hosts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HostQuery {
    /// At most so many (1 to 1,000); 100 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A page of hosts, most recently changed first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HostList {
    /// The hosts.
    pub hosts: Vec<Host>,
    /// Ask again with this for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}
