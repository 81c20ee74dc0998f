//! The operations of Groma: one table, their wire types, one closed list of error codes, and the trait that
//! serves them. Faces (command line, page, desktop) and edges (HTTP, socket) know Groma through this crate alone.

mod access;
mod backend;
mod document;
mod error;
mod events;
mod hosts;
mod operation;
mod reply;
mod scan;
mod status;
mod task;

pub use access::{
    AuditEntry, AuditPage, CreatedToken, Principal, PrincipalKind, Scope, Session, SessionStart, SignInLink,
    StartedSession, Token, TokenList, TokenRequest,
};
pub use backend::{Backend, EventStream, Gate};
pub use document::openapi;
pub use error::{ApiError, ErrorCode, Problem};
pub use events::{EventPage, EventQuery, HistoryQuery, StartAt, StreamMessage, StreamRequest};
pub use hosts::{Host, HostList, HostQuery, HostService};
pub use operation::{Method, OPERATIONS, Operation};
pub use reply::Reply;
pub use scan::{
    DiscardRequest, NetworkScanRequest, Scan, ScanDiff, ScanHost, ScanHostPage, ScanList, ScanPort,
    ScanQuery, ScanRequest, ScanStatus, ScanSummary, StartedScan, UnitCount, Validation, ValidationIssue,
};
pub use status::{Checks, Health, Summary, VersionInfo};
pub use task::{CancelRequest, Progress, TaskState, TaskStatus};

/// The version of the protocol between holder and clients; they must be equal.
pub const PROTOCOL_VERSION: u32 = 1;
/// The header in which a client of the socket names its protocol version.
pub const PROTOCOL_HEADER: &str = "groma-protocol";
