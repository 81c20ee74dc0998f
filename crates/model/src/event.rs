//! Every event: its type, delivery class, payload, and the CloudEvents 1.0 envelope around it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{EventId, Sequence, Subject, Timestamp, estate, execution, network, system, vm};

/// How an event may be delivered; fixed per type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryClass {
    /// Journaled, never dropped, never merged.
    Kept,
    /// Journaled with short retention; merged per type and subject for a slow reader, and counted.
    Latest,
    /// Never journaled: travels in a stream without a sequence.
    Control,
    /// Never journaled: made at the edge from the log of an execution, which is the only place that keeps it.
    Expanded,
}

impl DeliveryClass {
    /// Returns whether the journal takes events of this class.
    #[must_use]
    pub const fn journaled(self) -> bool {
        matches!(self, Self::Kept | Self::Latest)
    }
}

/// What is known of an event type before any event of it exists.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct EventType {
    /// The CloudEvents type, such as `groma.network.scan_started`.
    pub name: &'static str,
    /// The domain, last part of the CloudEvents `source`.
    pub domain: &'static str,
    /// The name under which the desktop shell emits it; empty if it does not.
    pub desktop_name: &'static str,
    /// How it may be delivered.
    pub class: DeliveryClass,
    /// The number under which it is stored; numbers are never reused.
    pub code: u16,
}

/// Returned when a stored or received type is not one of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown event type `{name}`")]
pub struct UnknownEventType {
    name: String,
}

/// A struct that is the `data` of one event type.
pub trait EventData: Serialize {
    /// The type it belongs to.
    const TYPE: &'static EventType;
}

/// An event of a type that a plugin declared; its data was checked against the type's schema.
#[derive(Debug, Clone)]
pub struct Custom {
    /// The declared type; those of a process live as long as it does.
    pub event_type: &'static EventType,
    /// The data, as it was given.
    pub data: Box<RawValue>,
}

impl PartialEq for Custom {
    fn eq(&self, other: &Self) -> bool {
        self.event_type == other.event_type && self.data.get() == other.data.get()
    }
}

impl Serialize for Custom {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.data.serialize(serializer)
    }
}

macro_rules! events {
    ($($(#[doc = $doc:literal])* $variant:ident($data:ty) = $code:literal $class:ident $domain:literal $name:literal $desktop:literal;)*) => {
        /// The data of any event.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum Payload {
            $($(#[doc = $doc])* $variant($data),)*
            /// An event of a type that a plugin declared.
            Custom(Custom),
        }

        $(impl EventData for $data {
            const TYPE: &'static EventType = &EventType {
                name: concat!("groma.", $domain, ".", $name),
                domain: $domain,
                desktop_name: $desktop,
                class: DeliveryClass::$class,
                code: $code,
            };
        }

        impl From<$data> for Payload {
            fn from(data: $data) -> Self {
                Self::$variant(data)
            }
        })*

        impl EventType {
            /// Every type there is.
            pub const ALL: &'static [&'static Self] = &[$(<$data as EventData>::TYPE),*];

            /// Returns what events of the type tell, in a sentence; empty for types that plugins declared.
            #[must_use]
            pub fn summary(&self) -> &'static str {
                match self.name {
                    $(name if name == <$data as EventData>::TYPE.name => concat!($($doc),*).trim_start(),)*
                    _ => "",
                }
            }
        }

        impl Payload {
            /// Returns the type of the event.
            #[must_use]
            pub const fn event_type(&self) -> &'static EventType {
                match self {
                    $(Self::$variant(_) => <$data as EventData>::TYPE,)*
                    Self::Custom(custom) => custom.event_type,
                }
            }

            /// Reads the data of an event of the named type.
            ///
            /// # Errors
            /// When the JSON does not fit the type; unknown types are `None`.
            pub fn decode(name: &str, data: &RawValue) -> Option<Result<Self, serde_json::Error>> {
                $(if name == <$data as EventData>::TYPE.name {
                    return Some(serde_json::from_str::<$data>(data.get()).map(Self::$variant));
                })*
                None
            }

            /// Calls `visit` with the name and schema source of each event's data, for the generated documents.
            pub fn register_schemas(visit: &mut impl SchemaVisitor) {
                $(visit.event::<$data>(<$data as EventData>::TYPE);)*
            }
        }
    };
}

/// Receives each event type with the Rust type of its data.
pub trait SchemaVisitor {
    /// Called once per event type.
    fn event<T: utoipa::ToSchema + 'static>(&mut self, event_type: &'static EventType);
}

events! {
    /// A network scan began.
    NetworkScanStarted(network::ScanStarted) = 101 Kept "network" "scan_started" "scan_started";
    /// A host answered for the first time in a scan.
    NetworkHostDiscovered(network::HostDiscovered) = 102 Kept "network" "host_discovered" "host_discovered";
    /// A port was found open in a scan.
    NetworkPortDiscovered(network::PortDiscovered) = 103 Kept "network" "port_discovered" "port_discovered";
    /// How far a network scan is.
    NetworkScanProgress(network::ScanProgress) = 104 Latest "network" "scan_progress" "scan_progress";
    /// A network scan ended, however it ended.
    NetworkScanCompleted(network::ScanCompleted) = 105 Kept "network" "scan_completed" "scan_completed";
    /// Something went wrong in a network scan.
    NetworkError(network::Error) = 106 Kept "network" "error" "network_error";
    /// What is known of a host changed against earlier scans.
    NetworkHostChanged(network::HostChanged) = 107 Kept "network" "host_changed" "host_changed";
    /// A scan of cloud accounts began.
    EstateScanStarted(estate::ScanStarted) = 201 Kept "estate" "scan_started" "scan_started";
    /// How far a scan of cloud accounts is.
    EstateScanProgress(estate::ScanProgress) = 202 Latest "estate" "scan_progress" "scan_progress";
    /// A service was read in one region of one account, or could not be.
    EstateScanServiceComplete(estate::ScanServiceComplete) = 203 Kept "estate" "scan_service_complete" "scan_service_complete";
    /// Something went wrong in a scan of cloud accounts.
    EstateScanError(estate::ScanError) = 204 Kept "estate" "scan_error" "scan_error";
    /// Somebody stopped a scan of cloud accounts.
    EstateScanCancelled(estate::ScanCancelled) = 205 Kept "estate" "scan_cancelled" "scan_cancelled";
    /// A scan of cloud accounts ended, however it ended.
    EstateScanComplete(estate::ScanComplete) = 206 Kept "estate" "scan_complete" "scan_complete";
    /// What is known of a cloud resource changed against earlier scans.
    EstateResourceChanged(estate::ResourceChanged) = 207 Kept "estate" "resource_changed" "resource_changed";
    /// A virtual machine does something else than before.
    VmStateChanged(vm::StateChanged) = 301 Kept "vm" "state_changed" "vm-state-changed";
    /// A virtual machine was made, or found.
    VmCreated(vm::Created) = 302 Kept "vm" "created" "vm-created";
    /// A virtual machine is no longer there.
    VmDeleted(vm::Deleted) = 303 Kept "vm" "deleted" "vm-deleted";
    /// What a running virtual machine uses.
    VmStatsUpdated(vm::StatsUpdated) = 304 Latest "vm" "stats_updated" "vm-stats-updated";
    /// A hypervisor came within reach, or went out of it.
    VmConnectionStatusChanged(vm::ConnectionStatusChanged) = 305 Kept "vm" "connection_status_changed" "connection-status-changed";
    /// Something happened to a hypervisor's storage pool.
    VmStoragePoolChanged(vm::StoragePoolChanged) = 306 Kept "vm" "storage_pool_changed" "storage-pool-changed";
    /// Something happened to a hypervisor's network.
    VmNetworkChanged(vm::NetworkChanged) = 307 Kept "vm" "network_changed" "network-changed";
    /// A machine's guest agent began to answer, or ceased to.
    VmGuestAgentConnected(vm::GuestAgentConnected) = 308 Kept "vm" "guest_agent_connected" "guest-agent-connected";
    /// What the system inside a virtual machine tells of itself changed.
    VmGuestInfoUpdated(vm::GuestInfoUpdated) = 309 Kept "vm" "guest_info_updated" "guest-info-updated";
    /// Something was started.
    ExecutionStarted(execution::Started) = 401 Kept "execution" "started" "execution_started";
    /// A line on standard output.
    ExecutionStdout(execution::Stdout) = 402 Expanded "execution" "stdout" "execution_output";
    /// A line on standard error.
    ExecutionStderr(execution::Stderr) = 403 Expanded "execution" "stderr" "execution_output";
    /// The log of an execution has more lines.
    ExecutionOutputAdvanced(execution::OutputAdvanced) = 404 Latest "execution" "output_advanced" "";
    /// How far an execution or a plan is.
    ExecutionProgress(execution::Progress) = 405 Latest "execution" "progress" "execution_progress";
    /// An execution or a plan as a whole did what it should.
    ExecutionCompleted(execution::Completed) = 406 Kept "execution" "completed" "execution_complete";
    /// An execution or a plan as a whole did not do what it should.
    ExecutionFailed(execution::Failed) = 407 Kept "execution" "failed" "execution_complete";
    /// Somebody stopped an execution or a plan as a whole.
    ExecutionCancelled(execution::Cancelled) = 408 Kept "execution" "cancelled" "execution_complete";
    /// Something is wrong with Groma itself.
    SystemError(system::Error) = 1 Kept "system" "error" "error";
    /// A reader missed events that are gone.
    StreamGap(system::StreamGap) = 2 Control "system" "stream_gap" "stream_gap";
    /// Events of a Latest type were merged for a slow reader.
    StreamMerged(system::StreamMerged) = 3 Control "system" "stream_merged" "stream_merged";
    /// Somebody tries a webhook.
    WebhookTest(system::WebhookTest) = 4 Control "system" "webhook_test" "";
}

impl EventType {
    /// Returns the type stored under `code`.
    #[must_use]
    pub fn from_code(code: u16) -> Option<&'static Self> {
        Self::ALL.iter().copied().find(|known| known.code == code)
    }

    /// Returns the type of that name.
    ///
    /// # Errors
    /// When no such type exists.
    pub fn from_name(name: &str) -> Result<&'static Self, UnknownEventType> {
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.name == name)
            .ok_or_else(|| UnknownEventType { name: name.chars().take(80).collect() })
    }

    /// Returns the path of the JSON Schema of the data.
    #[must_use]
    pub fn schema_path(&self) -> String {
        format!("/schemas/{}/v1", self.name)
    }
}

/// A CloudEvents 1.0 JSON event with Groma's extensions.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Envelope {
    /// Always `1.0`.
    pub specversion: String,
    /// Unique for ever.
    pub id: EventId,
    /// `/groma/<node>/<domain>`.
    pub source: String,
    /// `groma.<domain>.<name>`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What it is about, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// When it was committed.
    pub time: Timestamp,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// Path of the schema of `data`.
    pub dataschema: String,
    /// The resume position; control frames have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<Sequence>,
    /// The payload, as it was written.
    #[schema(value_type = Object)]
    pub data: Arc<RawValue>,
}

impl Envelope {
    /// Reads the data; `None` for a type this version does not know.
    ///
    /// # Errors
    /// When the data does not fit its type.
    pub fn payload(&self) -> Option<Result<Payload, serde_json::Error>> {
        Payload::decode(&self.event_type, &self.data)
    }
}
