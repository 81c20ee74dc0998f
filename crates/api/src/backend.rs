//! The operations as a trait: `groma-app` does them, `groma-client` asks the holder of the folder to.

use async_trait::async_trait;
use futures::stream::BoxStream;
use groma_model::{Frame, PrincipalId, TaskId, ThingId, TokenId};
use std::sync::Arc;
use std::time::Duration;

use crate::{
    ApiError, Attempt, AttemptEnd, AuditPage, BackupOperations, CancelRequest, ConversationOperations,
    CreatedToken, DiscardRequest, EventPage, EventQuery, EventTypeOperations, ExecutionOperations, Health,
    HistoryQuery, Host, HostList, HostQuery, KeyOperations, KeyedRequest, Principal, ResourceOperations,
    RetentionOperations, RunOperations, Scan, ScanDiff, ScanHostPage, ScanList, ScanQuery, ScanRequest,
    SearchOperations, Session, SignInLink, StartedScan, StartedSession, Summary, TaskStatus, TokenList,
    TokenRequest, Validation, VersionInfo, WebhookOperations,
};

/// Events and control frames, in order; ends after an error.
pub type EventStream = BoxStream<'static, Result<Frame, ApiError>>;

/// How Groma itself is.
#[async_trait]
pub trait StatusOperations {
    /// Who answers.
    async fn version(&self) -> Result<VersionInfo, ApiError>;
    /// Counts, running jobs, what changed lately.
    async fn summary(&self) -> Result<Summary, ApiError>;
    /// Metrics in Prometheus' text format.
    async fn metrics(&self) -> Result<String, ApiError>;
}

/// Scans of any kind.
#[async_trait]
pub trait ScanOperations {
    /// Starts a scan, or offers an identical one that runs.
    async fn scan_start(&self, request: ScanRequest) -> Result<StartedScan, ApiError>;
    /// Says what a scan would do.
    async fn scan_validate(&self, request: ScanRequest) -> Result<Validation, ApiError>;
    /// Lists scans, newest first.
    async fn scan_list(&self, query: ScanQuery) -> Result<ScanList, ApiError>;
    /// Returns one scan.
    async fn scan_get(&self, id: TaskId) -> Result<Scan, ApiError>;
    /// Returns the scan that ended last.
    async fn scan_last(&self) -> Result<Scan, ApiError>;
    /// Returns what a scan saw.
    async fn scan_hosts(&self, id: TaskId) -> Result<ScanHostPage, ApiError>;
    /// Compares what two scans saw.
    async fn scan_diff(&self, id: TaskId, other: TaskId) -> Result<ScanDiff, ApiError>;
    /// Deletes the record of an ended scan; what it changed stays.
    async fn scan_delete(&self, id: TaskId) -> Result<(), ApiError>;
}

/// Tasks, as document 004 polls them.
#[async_trait]
pub trait TaskOperations {
    /// Returns where a task is; waits up to `wait` for its end.
    async fn task_get(&self, id: TaskId, wait: Option<Duration>) -> Result<TaskStatus, ApiError>;
    /// Cancels a queued or running task; returns when it has ended.
    async fn task_cancel(&self, id: TaskId, request: CancelRequest) -> Result<TaskStatus, ApiError>;
    /// Takes back what an ended scan changed; returns the scan that told the inverse changes.
    async fn task_discard(&self, id: TaskId, request: DiscardRequest) -> Result<StartedScan, ApiError>;
    /// Starts a scan that does what an ended one left undone.
    async fn task_resume(&self, id: TaskId) -> Result<StartedScan, ApiError>;
    /// Starts a scan that does what failed in an ended one.
    async fn task_retry(&self, id: TaskId) -> Result<StartedScan, ApiError>;
}

/// Hosts of the inventory.
#[async_trait]
pub trait HostOperations {
    /// Lists hosts, most recently changed first.
    async fn host_list(&self, query: HostQuery) -> Result<HostList, ApiError>;
    /// Returns one host.
    async fn host_get(&self, id: ThingId) -> Result<Host, ApiError>;
}

/// The journal.
#[async_trait]
pub trait EventOperations {
    /// Streams events.
    async fn events(&self, query: EventQuery) -> Result<EventStream, ApiError>;
    /// Returns a page of the journal.
    async fn event_history(&self, query: HistoryQuery) -> Result<EventPage, ApiError>;
}

/// Tokens, browsers, and who did what.
#[async_trait]
pub trait AccessOperations {
    /// Makes a bearer token.
    async fn token_create(&self, request: TokenRequest) -> Result<CreatedToken, ApiError>;
    /// Lists tokens.
    async fn token_list(&self) -> Result<TokenList, ApiError>;
    /// Revokes a token, at once.
    async fn token_revoke(&self, id: TokenId) -> Result<(), ApiError>;
    /// Makes a one-time link for a browser.
    async fn sign_in_link(&self) -> Result<SignInLink, ApiError>;
    /// Lists the latest changes and who made them.
    async fn audit_list(&self) -> Result<AuditPage, ApiError>;
}

/// Every operation, on behalf of one principal, by domain. The table is [`crate::OPERATIONS`].
pub trait Backend:
    StatusOperations
    + ScanOperations
    + TaskOperations
    + HostOperations
    + ResourceOperations
    + SearchOperations
    + ConversationOperations
    + BackupOperations
    + ExecutionOperations
    + RunOperations
    + EventOperations
    + EventTypeOperations
    + RetentionOperations
    + WebhookOperations
    + KeyOperations
    + AccessOperations
    + Send
    + Sync
    + std::fmt::Debug
{
}

impl<T> Backend for T where
    T: StatusOperations
        + ScanOperations
        + TaskOperations
        + HostOperations
        + ResourceOperations
        + SearchOperations
        + ConversationOperations
        + BackupOperations
        + ExecutionOperations
        + RunOperations
        + EventOperations
        + EventTypeOperations
        + RetentionOperations
        + WebhookOperations
        + KeyOperations
        + AccessOperations
        + Send
        + Sync
        + std::fmt::Debug
{
}

/// How an edge finds out who calls, and gets what that caller may use.
#[async_trait]
pub trait Gate: Send + Sync + std::fmt::Debug {
    /// Returns who holds a bearer token.
    async fn by_token(&self, secret: &str) -> Result<Principal, ApiError>;
    /// Returns the session behind a cookie.
    async fn by_session(&self, secret: &str) -> Result<Session, ApiError>;
    /// Returns the principal of a local user of the socket.
    async fn by_user(&self, uid: u32) -> Result<Principal, ApiError>;
    /// Trades a one-time code for a session.
    async fn session_start(&self, code: &str) -> Result<StartedSession, ApiError>;
    /// Ends a session.
    async fn session_end(&self, secret: &str) -> Result<(), ApiError>;
    /// Notes a mutation that was refused before it reached the backend.
    async fn refused(&self, principal: Option<PrincipalId>, operation: &str, error: &ApiError);
    /// Begins a request that carries an idempotency key, or returns the answer it had before. A gate that keeps nothing
    /// takes every request for the first.
    ///
    /// Refuses with [`ErrorCode::Conflict`](crate::ErrorCode::Conflict) what runs, what may or may not have been done
    /// and what was answered by a secret; with
    /// [`ErrorCode::IdempotencyMismatch`](crate::ErrorCode::IdempotencyMismatch) a key of another request.
    async fn attempt(&self, _request: &KeyedRequest) -> Result<Attempt, ApiError> {
        Ok(Attempt::First)
    }
    /// Notes how a request that was let begin by [`Gate::attempt`] ended.
    async fn attempt_ended(&self, _request: &KeyedRequest, _end: AttemptEnd) {}
    /// Returns the operations on behalf of a principal.
    fn backend(&self, principal: Principal) -> Arc<dyn Backend>;
    /// Returns whether Groma can do its work; `status` is `ok` or `failing`.
    fn health(&self) -> Health;
    /// Resolves when the process begins to stop: streams end, so that readers reconnect elsewhere.
    async fn stopping(&self);
}
