//! Every event: its type, delivery class, payload, and the CloudEvents 1.0 envelope around it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{EventId, Sequence, Subject, Timestamp, network, system};

/// How an event may be delivered; fixed per type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryClass {
    /// Journaled, never dropped, never merged.
    Kept,
    /// Journaled with short retention; merged per type and subject for a slow reader, and counted.
    Latest,
    /// Never journaled: travels in a stream without a sequence.
    Control,
}

/// What is known of an event type before any event of it exists.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct EventType {
    /// The CloudEvents type, such as `groma.network.scan_started`.
    pub name: &'static str,
    /// The domain, last part of the CloudEvents `source`.
    pub domain: &'static str,
    /// The name under which the desktop shell emits it.
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
    ($($(#[$doc:meta])* $variant:ident($data:ty) = $code:literal $class:ident $domain:literal $name:literal $desktop:literal;)*) => {
        /// The data of any event.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum Payload {
            $($(#[$doc])* $variant($data),)*
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
    /// Something is wrong with Groma itself.
    SystemError(system::Error) = 1 Kept "system" "error" "error";
    /// A reader missed events that are gone.
    StreamGap(system::StreamGap) = 2 Control "system" "stream_gap" "stream_gap";
    /// Events of a Latest type were merged for a slow reader.
    StreamMerged(system::StreamMerged) = 3 Control "system" "stream_merged" "stream_merged";
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
