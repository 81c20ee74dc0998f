//! How Groma itself is.

use std::collections::BTreeMap;

use groma_model::{NodeId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Scan;

/// Data of `GET /v1/version`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionInfo {
    /// The program's version.
    pub version: String,
    /// The protocol between holder and clients.
    pub protocol: u32,
    /// The installation.
    pub node: NodeId,
    /// Where browsers and programs reach it, such as `127.0.0.1:7463`; absent if it serves its socket alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
    /// The page's address, such as `https://groma.example:7463`; absent if it serves its socket alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Data of `GET /v1/summary`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// Things by kind and state: `{"network.host":{"up":12}}`.
    pub things: BTreeMap<String, BTreeMap<String, u64>>,
    /// Scans by status.
    pub scans: BTreeMap<String, u64>,
    /// Scans that run or wait.
    pub active: Vec<Scan>,
    /// The last scan that ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Scan>,
    /// Things seen for the first time in the last 24 hours.
    pub added_last_day: u64,
    /// Things that changed in the last 24 hours, those added left out.
    pub changed_last_day: u64,
    /// Things not seen for 7 days.
    pub stale: u64,
    /// The newest event's time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_event_at: Option<Timestamp>,
    /// The position of the journal at which this was read.
    pub sequence: String,
    /// When this was read.
    pub as_of: Timestamp,
}

/// Body of `/livez` and `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok` or `failing`.
    pub status: String,
    /// What was looked at.
    pub checks: Checks,
}

/// The parts of [`Health`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checks {
    /// `ok`, or why writes are refused.
    pub storage: String,
}
