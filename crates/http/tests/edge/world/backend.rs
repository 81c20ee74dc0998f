//! A backend that notes every call and answers with samples.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use groma_api::{
    AccessOperations, ApiError, AuditPage, CancelRequest, CreatedToken, DiscardRequest, ErrorCode,
    EventOperations, EventPage, EventQuery, EventStream, HistoryQuery, Host, HostList, HostOperations,
    HostQuery, Scan, ScanDiff, ScanHostPage, ScanList, ScanOperations, ScanQuery, ScanRequest, SignInLink,
    StartedScan, StatusOperations, Summary, TaskOperations, TaskState, TaskStatus, Token, TokenList,
    TokenRequest, Validation, VersionInfo,
};
use groma_model::{NodeId, TaskId, ThingId, Timestamp, TokenId};
use serde_json::json;

use super::World;
use super::journal::read;

#[derive(Debug)]
pub(crate) struct FakeBackend(pub(crate) Arc<World>);

/// The scan that every start answers with.
pub(crate) fn sample_task() -> TaskId {
    "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77".parse().unwrap()
}

fn sample_scan(id: TaskId) -> Scan {
    serde_json::from_value(json!({
        "id": id, "state": "STARTED", "status": "running",
        "request": {"kind": "network", "targets": ["127.0.0.1"], "ports": "22"},
        "principal_id": "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b01", "created_at": "2026-11-21T15:00:00.000000Z",
        "progress": {"hosts_scanned": 1, "total_hosts": 2, "ports_scanned": 3, "total_ports": 4, "hosts_up": 1,
            "ports_open": 1, "percent_complete": 50.0, "elapsed_ms": 10},
        "units": {"pending": 1, "done": 1, "failed": 0}, "partial": false, "discarded": false,
        "sequence": "1763740800000-00000000000000000001",
    }))
    .unwrap()
}

fn sample_host(id: ThingId) -> Host {
    serde_json::from_value(json!({
        "id": id, "address": "127.0.0.1", "state": "up", "first_seen": "2026-11-21T15:00:00Z",
        "last_seen": "2026-11-21T15:00:00Z", "last_changed": "2026-11-21T15:00:00Z", "services": [],
    }))
    .unwrap()
}

impl FakeBackend {
    pub(super) fn note(&self, call: &str, with: impl Debug) {
        self.0.calls.lock().unwrap().push(format!("{call} {with:?}"));
    }

    fn status(id: TaskId) -> TaskStatus {
        TaskStatus {
            task_id: id,
            state: TaskState::Started,
            result: None,
            code: None,
            partial: None,
            progress: None,
            duration_seconds: None,
            resources_by_service: None,
            pending_reason: None,
        }
    }

    fn started(existing: bool) -> StartedScan {
        StartedScan { task_id: sample_task(), existing }
    }
}
#[async_trait]
impl StatusOperations for FakeBackend {
    async fn version(&self) -> Result<VersionInfo, ApiError> {
        self.note("version", ());
        let node = NodeId::from_uuid(sample_task().uuid());
        let ahead = self.0.protocol_ahead.load(Ordering::SeqCst);
        let protocol = groma_api::PROTOCOL_VERSION + ahead;
        Ok(VersionInfo { version: "0.1.0".to_owned(), protocol, node, listen: None, url: None })
    }

    async fn summary(&self) -> Result<Summary, ApiError> {
        self.note("summary", ());
        // More than the kilobyte above which answers are packed.
        let things = (0..100).map(|n| (format!("network.kind-{n}"), [("up".to_owned(), n)].into())).collect();
        Ok(Summary {
            things,
            scans: [("running".to_owned(), 1)].into(),
            active: vec![sample_scan(sample_task())],
            last: None,
            added_last_day: 1,
            changed_last_day: 2,
            stale: 3,
            last_event_at: Some(Timestamp::UNIX_EPOCH),
            sequence: self.0.journal.head().to_string(),
            as_of: Timestamp::UNIX_EPOCH,
        })
    }

    async fn metrics(&self) -> Result<String, ApiError> {
        self.note("metrics", ());
        Ok("groma_up 1\n".to_owned())
    }
}

#[async_trait]
impl ScanOperations for FakeBackend {
    async fn scan_start(&self, request: ScanRequest) -> Result<StartedScan, ApiError> {
        self.note("scan_start", &request);
        let ScanRequest::Network(network) = &request;
        if network.targets == ["8.8.8.8"] {
            return Err(ApiError::new(ErrorCode::PublicTarget, "8.8.8.8 is public: pass allow_public"));
        }
        Ok(Self::started(network.targets == ["same"]))
    }

    async fn scan_validate(&self, request: ScanRequest) -> Result<Validation, ApiError> {
        self.note("scan_validate", &request);
        Ok(Validation { valid: true, hosts: 1, ..Validation::default() })
    }

    async fn scan_list(&self, query: ScanQuery) -> Result<ScanList, ApiError> {
        self.note("scan_list", &query);
        Ok(ScanList { scans: vec![sample_scan(sample_task())], next_cursor: Some("next".to_owned()) })
    }

    async fn scan_get(&self, id: TaskId) -> Result<Scan, ApiError> {
        self.note("scan_get", id);
        if id == sample_task() { Ok(sample_scan(id)) } else { Err(ApiError::not_found("scan", id)) }
    }

    async fn scan_last(&self) -> Result<Scan, ApiError> {
        self.note("scan_last", ());
        Ok(sample_scan(sample_task()))
    }

    async fn scan_hosts(&self, id: TaskId) -> Result<ScanHostPage, ApiError> {
        self.note("scan_hosts", id);
        Ok(ScanHostPage { hosts: Vec::new(), sequence: self.0.journal.head().to_string() })
    }

    async fn scan_diff(&self, id: TaskId, other: TaskId) -> Result<ScanDiff, ApiError> {
        self.note("scan_diff", (id, other));
        Ok(ScanDiff {
            scan: id,
            other,
            hosts_added: Vec::new(),
            hosts_missing: Vec::new(),
            ports_opened: Vec::new(),
            ports_missing: Vec::new(),
        })
    }

    async fn scan_delete(&self, id: TaskId) -> Result<(), ApiError> {
        self.note("scan_delete", id);
        Ok(())
    }
}

#[async_trait]
impl TaskOperations for FakeBackend {
    async fn task_get(&self, id: TaskId, wait: Option<Duration>) -> Result<TaskStatus, ApiError> {
        self.note("task_get", (id, wait));
        if wait.is_some_and(|wait| wait > Duration::from_secs(1)) {
            // A task without end.
            std::future::pending::<()>().await;
        }
        Ok(Self::status(id))
    }

    async fn task_cancel(&self, id: TaskId, request: CancelRequest) -> Result<TaskStatus, ApiError> {
        self.note("task_cancel", (id, &request));
        Ok(TaskStatus { state: TaskState::Success, partial: Some(true), ..Self::status(id) })
    }

    async fn task_discard(&self, id: TaskId, request: DiscardRequest) -> Result<StartedScan, ApiError> {
        self.note("task_discard", (id, &request));
        Ok(Self::started(false))
    }

    async fn task_resume(&self, id: TaskId) -> Result<StartedScan, ApiError> {
        self.note("task_resume", id);
        Ok(Self::started(false))
    }

    async fn task_retry(&self, id: TaskId) -> Result<StartedScan, ApiError> {
        self.note("task_retry", id);
        Ok(Self::started(false))
    }
}

#[async_trait]
impl HostOperations for FakeBackend {
    async fn host_list(&self, query: HostQuery) -> Result<HostList, ApiError> {
        self.note("host_list", &query);
        Ok(HostList { hosts: Vec::new(), next_cursor: None })
    }

    async fn host_get(&self, id: ThingId) -> Result<Host, ApiError> {
        self.note("host_get", id);
        Ok(sample_host(id))
    }
}

#[async_trait]
impl EventOperations for FakeBackend {
    async fn events(&self, query: EventQuery) -> Result<EventStream, ApiError> {
        self.note("events", &query);
        read(&self.0, &query)
    }

    async fn event_history(&self, query: HistoryQuery) -> Result<EventPage, ApiError> {
        self.note("event_history", &query);
        let limit = query.limit()?;
        let events = self.0.journal.all().iter().take(limit).map(|frame| frame.envelope().unwrap()).collect();
        Ok(EventPage { events, head: self.0.journal.head(), more: false, gap: false })
    }
}

#[async_trait]
impl AccessOperations for FakeBackend {
    async fn token_create(&self, request: TokenRequest) -> Result<CreatedToken, ApiError> {
        self.note("token_create", &request);
        let token = Token {
            id: TokenId::now(),
            name: request.name,
            scopes: request.scopes,
            created_at: Timestamp::UNIX_EPOCH,
            expires_at: None,
            last_used_at: None,
        };
        Ok(CreatedToken { token, secret: "new-secret".to_owned() })
    }

    async fn token_list(&self) -> Result<TokenList, ApiError> {
        self.note("token_list", ());
        Ok(TokenList { tokens: Vec::new() })
    }

    async fn token_revoke(&self, id: TokenId) -> Result<(), ApiError> {
        self.note("token_revoke", id);
        Ok(())
    }

    async fn sign_in_link(&self) -> Result<SignInLink, ApiError> {
        self.note("sign_in_link", ());
        Ok(SignInLink { code: "once".to_owned(), expires_at: Timestamp::UNIX_EPOCH })
    }

    async fn audit_list(&self) -> Result<AuditPage, ApiError> {
        self.note("audit_list", ());
        Ok(AuditPage { entries: Vec::new() })
    }
}
