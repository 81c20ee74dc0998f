//! Virtual machines: the events that tell of them (document 002). Times are Unix milliseconds here.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ThingId;

/// What a machine does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = VmState)]
pub enum State {
    /// It runs.
    Running,
    /// It is off.
    Stopped,
    /// It is held in memory.
    Paused,
    /// It is saved on disk, or sleeps.
    Suspended,
}

/// Why something happened to a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = VmCause)]
pub enum Cause {
    /// Somebody asked Groma.
    User,
    /// Somebody asked the hypervisor by other means.
    External,
    /// The system inside did it.
    Guest,
    /// It broke.
    Crash,
    /// It could not be started.
    FailedStart,
    /// It happened while the hypervisor was out of reach.
    Reconnect,
}

/// Data of `groma.vm.state_changed`; the two states differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VmStateChanged)]
pub struct StateChanged {
    /// The machine.
    pub vm_id: ThingId,
    /// Its name.
    pub vm_name: String,
    /// What it did before.
    pub old_state: State,
    /// What it does now.
    pub new_state: State,
    /// Why, if it can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Unix milliseconds.
    pub timestamp: i64,
}

/// A machine that came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VmPresence)]
pub struct Presence {
    /// The machine.
    pub vm_id: ThingId,
    /// Its name.
    pub vm_name: String,
    /// Why, if it can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Unix milliseconds.
    pub timestamp: i64,
}

/// Data of `groma.vm.created`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = VmCreated)]
pub struct Created(pub Presence);

/// Data of `groma.vm.deleted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(as = VmDeleted)]
pub struct Deleted(pub Presence);

/// Data of `groma.vm.stats_updated`; of running machines only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VmStatsUpdated)]
pub struct StatsUpdated {
    /// The machine.
    pub vm_id: ThingId,
    /// Of all its virtual processors together.
    pub cpu_usage_percent: f64,
    /// Memory in use, in MiB.
    pub memory_used_mb: u64,
    /// Memory it has, in MiB.
    pub memory_total_mb: u64,
    /// Bytes read from its disks per second.
    pub disk_read_bytes_sec: u64,
    /// Bytes written to its disks per second.
    pub disk_write_bytes_sec: u64,
    /// Bytes received per second.
    pub network_rx_bytes_sec: u64,
    /// Bytes sent per second.
    pub network_tx_bytes_sec: u64,
    /// Unix milliseconds.
    pub timestamp: i64,
}

/// Data of `groma.vm.connection_status_changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VmConnectionStatusChanged)]
pub struct ConnectionStatusChanged {
    /// Whether the hypervisor answers.
    pub connected: bool,
    /// Where it is, such as `qemu:///system`.
    pub uri: String,
    /// Why it does not answer.
    #[schema(required)]
    pub error: Option<String>,
    /// Unix milliseconds.
    pub timestamp: i64,
}

/// What happened to a storage pool or network of a hypervisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = VmResourceAction)]
pub enum Action {
    /// It was defined.
    Created,
    /// It is no longer defined.
    Deleted,
    /// It can be used now.
    Started,
    /// It cannot be used for now.
    Stopped,
}

/// Data of `groma.vm.storage_pool_changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VmStoragePoolChanged)]
pub struct StoragePoolChanged {
    /// The pool.
    pub pool_id: ThingId,
    /// Its name.
    pub pool_name: String,
    /// What happened to it.
    pub action: Action,
    /// Unix milliseconds.
    pub timestamp: i64,
}

/// Data of `groma.vm.network_changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VmNetworkChanged)]
pub struct NetworkChanged {
    /// The network.
    pub network_id: ThingId,
    /// Its name.
    pub network_name: String,
    /// What happened to it.
    pub action: Action,
    /// Unix milliseconds.
    pub timestamp: i64,
}

/// Data of `groma.vm.guest_agent_connected`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VmGuestAgentConnected)]
pub struct GuestAgentConnected {
    /// The machine.
    pub vm_id: ThingId,
    /// Whether its agent answers.
    pub connected: bool,
    /// The agent's version, if it told it.
    #[schema(required)]
    pub agent_version: Option<String>,
    /// Unix milliseconds.
    pub timestamp: i64,
}

/// Data of `groma.vm.guest_info_updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VmGuestInfoUpdated)]
pub struct GuestInfoUpdated {
    /// The machine.
    pub vm_id: ThingId,
    /// The addresses it has, without those of loopback.
    pub ip_addresses: Vec<String>,
    /// What it calls itself; empty if it did not tell.
    pub hostname: String,
    /// Its operating system, for people; empty if it did not tell.
    pub os_version: String,
    /// Unix milliseconds.
    pub timestamp: i64,
}
