//! A folder, its time, and every operation by its name.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures::StreamExt as _;
use groma_api::{
    ApiError, Backend, BackupDrillRequest, BackupSettingsRequest, BackupVerifyRequest, CancelRequest,
    ConsumerRequest, ConversationRequest, CoverageQuery, DiscardRequest, ErrorCode, EventClass, EventQuery,
    EventTypeRequest, ExecutionQuery, ExportQuery, HistoryQuery, HostQuery, KeyRotation, LogQuery,
    MessageQuery, MessageRequest, MessageRole, ModelInstall, NetworkScanRequest, PlanQuery, PlanRequest,
    Principal, PublishRequest, ResourceHistoryQuery, ResourceQuery, RetentionRequest, RunReport, RunRequest,
    ScanQuery, ScanRequest, Scope, SearchQuery, SlotRemoval, SlotRequest, SqlQuery, StopRequest, TaskStatus,
    TokenRequest, WebhookDeliveryQuery, WebhookReplay, WebhookRotation, WebhookUpdate,
};
use groma_app::{App, AppOptions};
use groma_execution_types::{Command, ExecutionPlan, ExecutionRequest};
use groma_model::{
    Clock, ConversationId, Envelope, ExecutionId, Payload, PlanId, SlotId, TaskId, ThingId, Timestamp,
    TokenId, WebhookId,
};

/// A clock that tests move.
#[derive(Debug)]
pub(crate) struct Hand(AtomicI64);

impl Hand {
    pub(crate) fn go_on(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A data folder and its keys.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) root: tempfile::TempDir,
    pub(crate) clock: Arc<Hand>,
    pub(crate) running_max: usize,
    pub(crate) rest: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
            clock: Arc::new(Hand(AtomicI64::new(1_763_740_800_000_000))),
            running_max: 4,
            rest: false,
        }
    }

    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.root.path().join("data")
    }

    pub(crate) async fn open(&self) -> Arc<App> {
        let mut options = AppOptions::new(self.data(), self.root.path().join("keys"));
        options.running_scans_max = self.running_max;
        options.executions.rest = self.rest;
        options.clock = Arc::clone(&self.clock) as _;
        App::open(options).await.unwrap()
    }

    /// Closes the folder and returns once everything is in the one file.
    pub(crate) async fn close(&self, app: Arc<App>) {
        app.shutdown().await;
        app.close().await;
        let left = Arc::downgrade(&app);
        drop(app);
        while left.strong_count() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

pub(crate) fn owner(app: &Arc<App>) -> Arc<dyn Backend> {
    app.backend(app.owner())
}

/// Somebody with just these scopes.
pub(crate) fn somebody(app: &App, scopes: &[Scope]) -> Principal {
    Principal { name: "somebody".to_owned(), scopes: scopes.to_vec(), ..app.owner() }
}

/// An address of this machine that only the given test scans.
pub(crate) fn here(number: u8) -> String {
    Ipv4Addr::new(127, 0, 0, number).to_string()
}

/// A scan of an address of this machine that is over at once.
pub(crate) fn quick(number: u8) -> NetworkScanRequest {
    NetworkScanRequest { discovery: false, ..NetworkScanRequest::new(vec![here(number)], "1-3") }
}

/// A scan of an address of this machine that takes minutes.
pub(crate) fn slow(number: u8) -> NetworkScanRequest {
    let ports = "10000-10999";
    NetworkScanRequest {
        discovery: false,
        max_rate: Some(5),
        ..NetworkScanRequest::new(vec![here(number)], ports)
    }
}

/// A port at which something listens, for as long as the listener lives.
pub(crate) fn listener(number: u8) -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, number), 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

pub(crate) async fn start(backend: &Arc<dyn Backend>, request: NetworkScanRequest) -> TaskId {
    backend.scan_start(ScanRequest::Network(request)).await.unwrap().task_id
}

/// Waits for the end of a scan.
pub(crate) async fn ended(backend: &Arc<dyn Backend>, id: TaskId) -> TaskStatus {
    let status = backend.task_get(id, Some(Duration::from_secs(60))).await.unwrap();
    assert!(status.state.ended(), "{status:?}");
    status
}

/// Waits until a scan has told its start.
pub(crate) async fn begun(backend: &Arc<dyn Backend>, id: TaskId) {
    let query = EventQuery {
        types: Some("groma.network.scan_started".to_owned()),
        subject: Some(format!("scan/{id}")),
        after: Some("oldest".to_owned()),
        ..EventQuery::default()
    };
    let mut events = backend.events(query).await.unwrap();
    tokio::time::timeout(Duration::from_secs(60), events.next()).await.unwrap().unwrap().unwrap();
}

pub(crate) fn cancel(keep: bool) -> CancelRequest {
    CancelRequest { reason: "enough".to_owned(), keep_partial_results: keep }
}

/// Reads what was told of a scan.
pub(crate) async fn told(backend: &Arc<dyn Backend>, id: TaskId) -> Vec<Payload> {
    let query = EventQuery {
        subject: Some(format!("scan/{id}")),
        after: Some("oldest".to_owned()),
        follow: Some(false),
        ..EventQuery::default()
    };
    let frames: Vec<_> = backend.events(query).await.unwrap().collect().await;
    frames.into_iter().map(|frame| frame.unwrap().envelope().unwrap().payload().unwrap().unwrap()).collect()
}

/// Reads the whole journal.
pub(crate) async fn journal(backend: &Arc<dyn Backend>) -> Vec<Envelope> {
    let query = EventQuery { after: Some("oldest".to_owned()), follow: Some(false), ..EventQuery::default() };
    let frames: Vec<_> = backend.events(query).await.unwrap().collect().await;
    frames.into_iter().map(|frame| frame.unwrap().envelope().unwrap()).collect()
}

pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, ApiError>, code: ErrorCode) -> ApiError {
    let error = result.unwrap_err();
    assert_eq!(error.code, code, "{error:?}");
    error
}

/// Does an operation of the table by its name, with what it needs made up.
pub(crate) async fn call(backend: &Arc<dyn Backend>, operation: &str) -> Result<(), ApiError> {
    let (task, thing) = (TaskId::now(), ThingId::from_uuid(uuid::Uuid::nil()));
    let (webhook, execution) = (WebhookId::now(), ExecutionId::now());
    let network = || ScanRequest::Network(quick(200));
    match operation {
        "version" => backend.version().await.map(drop),
        "summary" => backend.summary().await.map(drop),
        "metrics" => backend.metrics().await.map(drop),
        "scan_start" => backend.scan_start(network()).await.map(drop),
        "scan_validate" => backend.scan_validate(network()).await.map(drop),
        "scan_list" => backend.scan_list(ScanQuery::default()).await.map(drop),
        "scan_last" => backend.scan_last().await.map(drop),
        "scan_get" => backend.scan_get(task).await.map(drop),
        "scan_hosts" => backend.scan_hosts(task).await.map(drop),
        "scan_diff" => backend.scan_diff(task, task).await.map(drop),
        "scan_delete" => backend.scan_delete(task).await,
        "task_get" => backend.task_get(task, None).await.map(drop),
        "task_cancel" => backend.task_cancel(task, cancel(true)).await.map(drop),
        "task_discard" => backend.task_discard(task, DiscardRequest::default()).await.map(drop),
        "task_resume" => backend.task_resume(task).await.map(drop),
        "task_retry" => backend.task_retry(task).await.map(drop),
        "host_list" => backend.host_list(HostQuery::default()).await.map(drop),
        "host_get" => backend.host_get(thing).await.map(drop),
        "events" | "events_ws" => backend.events(EventQuery::default()).await.map(drop),
        "event_history" => backend.event_history(HistoryQuery::default()).await.map(drop),
        "event_type_register" => backend.event_type_register(event_type("groma.custom.a.b")).await.map(drop),
        "event_type_list" => backend.event_type_list().await.map(drop),
        "event_type_schema" => backend.event_type_schema("groma.custom.no.such".to_owned()).await.map(drop),
        "event_publish" => backend.event_publish(PublishRequest { events: Vec::new() }).await.map(drop),
        "event_statistics" => backend.event_statistics().await.map(drop),
        "retention_get" => backend.retention_get().await.map(drop),
        "retention_set" => backend.retention_set(RetentionRequest::default()).await.map(drop),
        "retention_run" => backend.retention_run().await.map(drop),
        "consumer_put" => {
            let request = ConsumerRequest { name: "reader".to_owned(), position: None };
            backend.consumer_put(request).await.map(drop)
        }
        "consumer_list" => backend.consumer_list().await.map(drop),
        "consumer_delete" => backend.consumer_delete("nobody".to_owned()).await,
        "webhook_create" => {
            let request = serde_json::from_str(r#"{"url":"ftp://nowhere"}"#).unwrap();
            backend.webhook_create(request).await.map(drop)
        }
        "webhook_list" => backend.webhook_list().await.map(drop),
        "webhook_get" => backend.webhook_get(webhook).await.map(drop),
        "webhook_update" => backend.webhook_update(webhook, WebhookUpdate::default()).await.map(drop),
        "webhook_delete" => backend.webhook_delete(webhook).await,
        "webhook_test" => backend.webhook_test(webhook).await.map(drop),
        "webhook_rotate" => backend.webhook_rotate(webhook, WebhookRotation::default()).await.map(drop),
        "webhook_replay" => backend.webhook_replay(webhook, WebhookReplay::default()).await.map(drop),
        "webhook_deliveries" => {
            backend.webhook_deliveries(webhook, WebhookDeliveryQuery::default()).await.map(drop)
        }
        "execution_start" => backend.execution_start(shell("true")).await.map(drop),
        "execution_list" => backend.execution_list(ExecutionQuery::default()).await.map(drop),
        "execution_get" => backend.execution_get(execution).await.map(drop),
        "execution_logs" => backend.execution_logs(execution, LogQuery::default()).await.map(drop),
        "execution_cancel" => backend.execution_cancel(execution, StopRequest::default()).await.map(drop),
        "plan_resolve" => backend.plan_resolve(plan(&[("a", "true")])).await.map(drop),
        "plan_start" => {
            let request = PlanRequest { plan: plan(&[("a", "true")]), approved_hash: None };
            backend.plan_start(request).await.map(drop)
        }
        "plan_list" => backend.plan_list(PlanQuery::default()).await.map(drop),
        "plan_get" => backend.plan_get(PlanId::now()).await.map(drop),
        "plan_cancel" => backend.plan_cancel(PlanId::now(), StopRequest::default()).await.map(drop),
        "run_begin" => {
            let request = RunRequest { plan: None, executions: Vec::new() };
            backend.run_begin(request).await.map(drop)
        }
        "run_report" => backend.run_report(execution, RunReport::default()).await.map(drop),
        "resource_list" => backend.resource_list(ResourceQuery::default()).await.map(drop),
        "resource_get" => backend.resource_get(thing.to_string()).await.map(drop),
        "resource_history" => {
            backend.resource_history(thing.to_string(), ResourceHistoryQuery::default()).await.map(drop)
        }
        "resource_relations" => backend.resource_relations(thing.to_string()).await.map(drop),
        "resource_export" => backend.resource_export(ExportQuery::default()).await.map(drop),
        "account_resources" => {
            backend.account_resources("1".to_owned(), ResourceQuery::default()).await.map(drop)
        }
        "coverage_list" => backend.coverage_list(CoverageQuery::default()).await.map(drop),
        "search" => {
            let query = SearchQuery { q: Some("anything".to_owned()), ..SearchQuery::default() };
            backend.search(query).await.map(drop)
        }
        "sql_query" => {
            backend.sql_query(SqlQuery { sql: "SELECT 1".to_owned(), limit: None }).await.map(drop)
        }
        "model_status" => backend.model_status().await.map(drop),
        "model_install" => {
            let request = ModelInstall { source: Some("not-absolute".to_owned()) };
            backend.model_install(request).await.map(drop)
        }
        "conversation_create" => backend.conversation_create(ConversationRequest::default()).await.map(drop),
        "conversation_list" => backend.conversation_list().await.map(drop),
        "conversation_get" => backend.conversation_get(ConversationId::now()).await.map(drop),
        "conversation_delete" => backend.conversation_delete(ConversationId::now()).await,
        "message_create" => {
            let request = MessageRequest {
                role: MessageRole::User,
                content: "hello".to_owned(),
                metadata: serde_json::Map::new(),
            };
            backend.message_create(ConversationId::now(), request).await.map(drop)
        }
        "message_list" => {
            backend.message_list(ConversationId::now(), MessageQuery::default()).await.map(drop)
        }
        "backup_list" => backend.backup_list().await.map(drop),
        "backup_create" => backend.backup_create().await.map(drop),
        "backup_settings_get" => backend.backup_settings_get().await.map(drop),
        "backup_settings_set" => {
            backend.backup_settings_set(BackupSettingsRequest::default()).await.map(drop)
        }
        "backup_verify" => backend.backup_verify(BackupVerifyRequest::default()).await.map(drop),
        "backup_drill" => backend.backup_drill(BackupDrillRequest::default()).await.map(drop),
        "backup_cancel" => backend.backup_cancel().await.map(drop),
        "key_status" => backend.key_status().await.map(drop),
        "key_slot_add" => {
            let request = SlotRequest::SystemdCredential { name: "no-such".to_owned() };
            backend.key_slot_add(request).await.map(drop)
        }
        "key_slot_remove" => backend.key_slot_remove(SlotId::now(), SlotRemoval::default()).await,
        "key_recovery" => backend.key_recovery().await.map(drop),
        "key_rotate" => backend.key_rotate(KeyRotation::default()).await.map(drop),
        "token_create" => backend.token_create(token("made", None)).await.map(drop),
        "token_list" => backend.token_list().await.map(drop),
        "token_revoke" => backend.token_revoke(TokenId::now()).await,
        "sign_in_link" => backend.sign_in_link().await.map(drop),
        "audit_list" => backend.audit_list().await.map(drop),
        other => panic!("{other} is not called here yet"),
    }
}

/// A line for `sh`.
pub(crate) fn shell(line: &str) -> ExecutionRequest {
    ExecutionRequest::new(Command::Shell { command: line.to_owned() })
}

/// Lines for `sh`, one after the other.
pub(crate) fn plan(steps: &[(&str, &str)]) -> ExecutionPlan {
    let steps = steps.iter().map(|(id, line)| serde_json::json!({"id": id, "request": shell(line)}));
    let steps: Vec<_> = steps.collect();
    serde_json::from_value(serde_json::json!({ "steps": steps })).unwrap()
}

/// A type of events that takes any data.
pub(crate) fn event_type(name: &str) -> EventTypeRequest {
    EventTypeRequest {
        name: name.to_owned(),
        schema: serde_json::json!({"type": "object"}),
        class: EventClass::Kept,
        desktop_name: None,
        description: None,
    }
}

pub(crate) fn token(name: &str, expires_in_seconds: Option<u64>) -> TokenRequest {
    TokenRequest { name: name.to_owned(), scopes: vec![Scope::Read], expires_in_seconds }
}
