//! What an event is about, by id: `scan/<id>`, `host/<id>`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::{ConnectionId, ExecutionId, PlanId, TaskId, ThingId};

/// The kinds of subject that the contract names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectKind {
    /// A scan of any kind.
    Scan,
    /// A host on a network.
    Host,
    /// A virtual machine.
    Vm,
    /// A run of a program.
    Execution,
    /// Any other thing of the inventory.
    Thing,
    /// A connection to a hypervisor.
    Connection,
}

impl SubjectKind {
    const ALL: [Self; 6] = [Self::Scan, Self::Host, Self::Vm, Self::Execution, Self::Thing, Self::Connection];

    /// Returns the word before the slash.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Host => "host",
            Self::Vm => "vm",
            Self::Execution => "execution",
            Self::Thing => "thing",
            Self::Connection => "connection",
        }
    }

    /// Returns the number under which the kind is stored; numbers are never reused.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Scan => 1,
            Self::Host => 2,
            Self::Vm => 3,
            Self::Execution => 4,
            Self::Thing => 5,
            Self::Connection => 6,
        }
    }

    /// Returns the kind stored under `code`.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// The word before the slash.
    pub kind: SubjectKind,
    /// The id behind it.
    pub id: Uuid,
}

impl Subject {
    /// Returns the subject of a scan's events.
    #[must_use]
    pub const fn scan(id: TaskId) -> Self {
        Self { kind: SubjectKind::Scan, id: id.uuid() }
    }

    /// Returns the subject of a host's events.
    #[must_use]
    pub const fn host(id: ThingId) -> Self {
        Self { kind: SubjectKind::Host, id: id.uuid() }
    }

    /// Returns the subject of a virtual machine's events.
    #[must_use]
    pub const fn vm(id: ThingId) -> Self {
        Self { kind: SubjectKind::Vm, id: id.uuid() }
    }

    /// Returns the subject of an execution's events.
    #[must_use]
    pub const fn execution(id: ExecutionId) -> Self {
        Self { kind: SubjectKind::Execution, id: id.uuid() }
    }

    /// Returns the subject of the events of a plan as a whole.
    #[must_use]
    pub const fn plan(id: PlanId) -> Self {
        Self { kind: SubjectKind::Execution, id: id.uuid() }
    }

    /// Returns the subject of the events of anything else in the inventory.
    #[must_use]
    pub const fn thing(id: ThingId) -> Self {
        Self { kind: SubjectKind::Thing, id: id.uuid() }
    }

    /// Returns the subject of a hypervisor connection's events.
    #[must_use]
    pub const fn connection(id: ConnectionId) -> Self {
        Self { kind: SubjectKind::Connection, id: id.uuid() }
    }
}

/// Returned when a text is no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a subject: expected KIND/ID with a kind of scan, host, vm, execution, thing or connection"
)]
pub struct SubjectError {
    text: String,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.id)
    }
}

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        let refuse = || SubjectError { text: text.chars().take(80).collect() };
        let (word, id) = text.split_once('/').ok_or_else(refuse)?;
        let kind = SubjectKind::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(refuse)?;
        Ok(Self { kind, id: Uuid::try_parse(id).map_err(|_| refuse())? })
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Subject {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::schema::text("scan/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77")
    }
}

impl utoipa::ToSchema for Subject {}
