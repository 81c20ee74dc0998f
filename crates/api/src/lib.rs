//! The operations of Groma: one table, their wire types, one closed list of error codes, and the trait that
//! serves them. Faces (command line, page, desktop) and edges (HTTP, socket) know Groma through this crate alone.

mod absent;
mod access;
mod asyncapi;
mod backend;
mod backups;
mod compatibility;
mod conversations;
mod document;
mod error;
mod event_types;
mod events;
mod executions;
mod hosts;
mod idempotency;
mod keys;
mod operation;
mod operations;
mod reply;
mod resources;
mod retention;
mod runs;
mod scan;
mod schemas;
mod search;
mod status;
mod task;
mod webhooks;

pub use access::{
    AuditEntry, AuditPage, CreatedToken, Principal, PrincipalKind, Scope, Session, SessionStart, SignInLink,
    StartedSession, Token, TokenList, TokenRequest,
};
pub use asyncapi::asyncapi;
pub use backend::{
    AccessOperations, Backend, EventOperations, EventStream, Gate, HostOperations, ScanOperations,
    StatusOperations, TaskOperations,
};
pub use backups::{
    Backup, BackupDrillRequest, BackupJob, BackupList, BackupOperations, BackupOutcome, BackupRetention,
    BackupSchedule, BackupSettings, BackupSettingsRequest, BackupTarget, BackupVerifyRequest, VerifyDepth,
};
pub use compatibility::breaking_changes;
pub use conversations::{
    Conversation, ConversationList, ConversationOperations, ConversationRequest, Message, MessageList,
    MessageQuery, MessageRequest, MessageRole,
};
pub use document::openapi;
pub use error::{ApiError, ErrorCode, Problem};
pub use event_types::{
    EventClass, EventDraft, EventTypeInfo, EventTypeList, EventTypeOperations, EventTypeRequest,
    PublishRequest, Published,
};
pub use events::{EventPage, EventQuery, HistoryQuery, StartAt, StreamMessage, StreamRequest};
pub use executions::{
    Execution, ExecutionList, ExecutionOperations, ExecutionOrigin, ExecutionQuery, ExecutionSummary, LogGap,
    LogPage, LogQuery, PlanList, PlanQuery, PlanRequest, PlanRun, PlanSummary, StartedExecution, StartedPlan,
    StopRequest,
};
pub use hosts::{Host, HostList, HostQuery, HostService};
pub use idempotency::{Attempt, AttemptEnd, KeptAnswer, KeyedRequest};
pub use keys::{
    DataKeyInfo, KeyOperations, KeyRotation, KeySlot, KeyStatus, RecoveryKey, Reencryption, SlotKind,
    SlotRemoval, SlotRequest,
};
pub use operation::{Method, Operation};
pub use operations::OPERATIONS;
pub use reply::Reply;
pub use resources::{
    Coverage, CoverageQuery, CoverageSlice, Deleted, Direction, ExportFormat, ExportQuery, FacetValue,
    Facets, Relation, RelationList, Resource, ResourceChange, ResourceFilter, ResourceHistory,
    ResourceHistoryQuery, ResourceList, ResourceOperations, ResourceQuery, ResourceSort, ResourceSummary,
    SearchQuery, SortOrder, TextStream,
};
pub use retention::{
    Consumer, ConsumerList, ConsumerRequest, EventStatistics, EventTypeFigures, Retention,
    RetentionOperations, RetentionRequest, RetentionRule, RetentionRun,
};
pub use runs::{RunCancel, RunExecution, RunGrant, RunOperations, RunReport, RunRequest, RunStanding};
pub use scan::{
    DiscardRequest, NetworkScanRequest, Scan, ScanDiff, ScanHost, ScanHostPage, ScanList, ScanPort,
    ScanQuery, ScanRequest, ScanStatus, ScanSummary, StartedScan, UnitCount, Validation, ValidationIssue,
};
pub use schemas::{event_schema, event_schemas, execution_schemas};
pub use search::{
    ModelInstall, ModelProgress, ModelState, ModelStatus, SearchAnswer, SearchCorrection, SearchHit,
    SearchMeaning, SearchOperations, SearchReason, SqlAnswer, SqlQuery,
};
pub use status::{Checks, Health, Summary, VersionInfo};
pub use task::{CancelRequest, Progress, TaskState, TaskStatus};

pub use webhooks::{
    DeliveryKind, DeliveryOutcome, StartedReplay, Webhook, WebhookDelivery, WebhookDeliveryPage,
    WebhookDeliveryQuery, WebhookFormat, WebhookList, WebhookOperations, WebhookReplay, WebhookRequest,
    WebhookRotation, WebhookSecret, WebhookState, WebhookUpdate, WebhookWithSecret,
};

/// The version of the protocol between holder and clients; they must be equal.
pub const PROTOCOL_VERSION: u32 = 1;
/// The header in which a client of the socket names its protocol version.
pub const PROTOCOL_HEADER: &str = "groma-protocol";
