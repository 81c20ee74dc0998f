//! The words of Groma: identifiers, times, events and the traits that engines are given.
//!
//! This crate does no I/O and knows no transport. Everything that crosses a process border and is not a REST
//! body is defined here once; `groma-api` holds the REST bodies.

pub mod change;
pub mod desktop;
pub mod estate;
mod event;
pub mod execution;
mod filter;
mod finding;
mod frame;
mod id;
pub mod network;
mod schema;
mod sequence;
mod subject;
pub mod system;
pub mod task;
pub mod thing;
mod time;
pub mod vm;

pub use event::{
    Custom, DeliveryClass, Envelope, EventData, EventType, Payload, SchemaVisitor, UnknownEventType,
};
pub use filter::{EventFilter, TypePattern, TypePatternError};
pub use finding::Finding;
pub use frame::Frame;
pub use id::{
    ConnectionId, ConversationId, EventId, ExecutionId, IdError, MessageId, NodeId, PlanId, PrincipalId,
    SegmentId, SliceId, SlotId, TaskId, ThingId, TokenId, WebhookId,
};
pub use sequence::{Epoch, Sequence, SequenceError};
pub use subject::{Subject, SubjectError, SubjectKind};
pub use time::{Clock, SystemClock, Timestamp, TimestampError};
