//! The one table of operations: routes, permissions, documents and commands all follow from it.

use utoipa::openapi::path::Parameter;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use crate::{
    AuditPage, CancelRequest, Consumer, ConsumerList, ConsumerRequest, CreatedToken, DiscardRequest,
    EventPage, EventQuery, EventStatistics, EventTypeInfo, EventTypeList, EventTypeRequest, Health,
    HistoryQuery, Host, HostList, HostQuery, KeyRotation, KeySlot, KeyStatus, PublishRequest, Published,
    RecoveryKey, Retention, RetentionRequest, RetentionRun, Scan, ScanDiff, ScanHostPage, ScanList,
    ScanQuery, ScanRequest, Scope, Session, SessionStart, SignInLink, SlotRemoval, SlotRequest,
    StartedReplay, StartedScan, Summary, TaskStatus, TokenList, TokenRequest, Validation, VersionInfo,
    Webhook, WebhookDelivery, WebhookDeliveryPage, WebhookDeliveryQuery, WebhookList, WebhookReplay,
    WebhookRequest, WebhookRotation, WebhookUpdate, WebhookWithSecret,
};

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Changes.
    Post,
    /// Takes away.
    Delete,
}

/// Named schemas collected on the way.
pub(crate) type Schemas = Vec<(String, RefOr<Schema>)>;
type SchemaOf = fn(&mut Schemas) -> RefOr<Schema>;

/// One operation.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its name in code, audit and documents.
    pub id: &'static str,
    /// How it is asked over HTTP.
    pub method: Method,
    /// Where, with `{parameters}`.
    pub path: &'static str,
    /// What the caller must be allowed; `None`: anybody.
    pub scope: Option<Scope>,
    /// What it does.
    pub summary: &'static str,
    /// The command that does the same, without its arguments.
    pub command: Option<&'static str>,
    /// The HTTP status of success.
    pub status: u16,
    /// The content type of success.
    pub content: &'static str,
    pub(crate) query: Option<fn() -> Vec<Parameter>>,
    pub(crate) request: Option<SchemaOf>,
    pub(crate) response: Option<SchemaOf>,
}

impl Operation {
    /// Returns the operation of that name.
    #[must_use]
    pub fn by_id(id: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.id == id)
    }

    /// Returns whether it changes anything; changes are audited.
    #[must_use]
    pub const fn mutates(&self) -> bool {
        !matches!(self.method, Method::Get)
    }

    const fn new(
        id: &'static str,
        method: Method,
        path: &'static str,
        scope: Option<Scope>,
        summary: &'static str,
    ) -> Self {
        Self {
            id,
            method,
            path,
            scope,
            summary,
            command: None,
            status: 200,
            content: "application/json",
            query: None,
            request: None,
            response: None,
        }
    }

    const fn command(mut self, command: &'static str) -> Self {
        self.command = Some(command);
        self
    }

    const fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    const fn content(mut self, content: &'static str) -> Self {
        self.content = content;
        self
    }

    const fn query(mut self, query: fn() -> Vec<Parameter>) -> Self {
        self.query = Some(query);
        self
    }

    const fn request<T: ToSchema + 'static>(mut self) -> Self {
        self.request = Some(reference::<T>);
        self
    }

    const fn reply<T: ToSchema + 'static>(mut self) -> Self {
        self.response = Some(reply::<T>);
        self
    }

    const fn bare<T: ToSchema + 'static>(mut self) -> Self {
        self.response = Some(reference::<T>);
        self
    }
}

/// Registers a type and all it refers to; returns a reference to it.
pub(crate) fn reference<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
    utoipa::openapi::Ref::from_schema_name(T::name()).into()
}

/// Registers a type and returns the schema of its reply frame.
fn reply<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    use utoipa::openapi::ObjectBuilder;
    let data = reference::<T>(schemas);
    ObjectBuilder::new()
        .property("message", ObjectBuilder::new().schema_type(utoipa::openapi::Type::String))
        .property("data", data)
        .required("message")
        .required("data")
        .into()
}

fn params<T: IntoParams>() -> Vec<Parameter> {
    T::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query))
}

/// Query of `GET /v1/scan/task/{task_id}`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "read by the generated document alone")]
struct WaitQuery {
    /// Seconds to wait for the end, up to 60.
    wait: Option<u32>,
}

use Method::{Delete, Get, Post};
use Operation as Op;
const READ: Option<Scope> = Some(Scope::Read);
const SCAN: Option<Scope> = Some(Scope::Scan);
const OPERATE: Option<Scope> = Some(Scope::Operate);
const ADMIN: Option<Scope> = Some(Scope::Admin);

/// Every operation there is.
pub static OPERATIONS: &[Operation] = &[
    Op::new("version", Get, "/v1/version", READ, "Who answers, and which versions")
        .command("doctor")
        .reply::<VersionInfo>(),
    Op::new("summary", Get, "/v1/summary", READ, "Counts, running jobs, what changed lately")
        .command("status")
        .reply::<Summary>(),
    Op::new("metrics", Get, "/metrics", READ, "Metrics in Prometheus' text format")
        .content("text/plain; version=0.0.4"),
    Op::new("livez", Get, "/livez", None, "Whether the process answers").bare::<Health>(),
    Op::new("readyz", Get, "/readyz", None, "Whether Groma can do its work; 503 if not").bare::<Health>(),
    Op::new(
        "scan_start",
        Post,
        "/v1/scans",
        SCAN,
        "Start a scan; 200 instead of 202 when an identical one runs already",
    )
    .command("scan network")
    .status(202)
    .request::<ScanRequest>()
    .reply::<StartedScan>(),
    Op::new("scan_validate", Post, "/v1/scans/validate", READ, "Say what a scan would do, without doing it")
        .command("scan network --dry-run")
        .request::<ScanRequest>()
        .reply::<Validation>(),
    Op::new("scan_list", Get, "/v1/scans", READ, "List scans, newest first")
        .command("scans list")
        .query(params::<ScanQuery>)
        .reply::<ScanList>(),
    Op::new("scan_last", Get, "/v1/scans/last", READ, "The scan that ended last")
        .command("scans show last")
        .reply::<Scan>(),
    Op::new("scan_get", Get, "/v1/scans/{id}", READ, "One scan").command("scans show").reply::<Scan>(),
    Op::new("scan_hosts", Get, "/v1/scans/{id}/hosts", READ, "What a scan saw")
        .command("scans show")
        .reply::<ScanHostPage>(),
    Op::new(
        "scan_diff",
        Get,
        "/v1/scans/{id}/diff/{other}",
        READ,
        "What a scan saw that another did not, and the reverse",
    )
    .command("scans diff")
    .reply::<ScanDiff>(),
    Op::new(
        "scan_delete",
        Delete,
        "/v1/scans/{id}",
        SCAN,
        "Delete the record of an ended scan; what it changed stays",
    )
    .command("scans delete")
    .status(204),
    Op::new(
        "task_get",
        Get,
        "/v1/scan/task/{task_id}",
        READ,
        "Where a task is; waits for its end when asked",
    )
    .command("scans show")
    .query(params::<WaitQuery>)
    .reply::<TaskStatus>(),
    Op::new(
        "task_cancel",
        Post,
        "/v1/scan/task/{task_id}/cancel",
        SCAN,
        "Cancel a task; keep or discard what it found",
    )
    .command("scans cancel")
    .request::<CancelRequest>()
    .reply::<TaskStatus>(),
    Op::new(
        "task_discard",
        Post,
        "/v1/scan/task/{task_id}/discard",
        SCAN,
        "Take back what an ended scan changed",
    )
    .command("scans discard")
    .request::<DiscardRequest>()
    .reply::<StartedScan>(),
    Op::new(
        "task_resume",
        Post,
        "/v1/scan/task/{task_id}/resume",
        SCAN,
        "Do what an ended scan left undone, as a new scan",
    )
    .command("scans resume")
    .status(202)
    .reply::<StartedScan>(),
    Op::new(
        "task_retry",
        Post,
        "/v1/scan/task/{task_id}/retry",
        SCAN,
        "Do again what failed in an ended scan, as a new scan",
    )
    .command("scans retry")
    .status(202)
    .reply::<StartedScan>(),
    Op::new("host_list", Get, "/v1/hosts", READ, "List hosts, most recently changed first")
        .command("hosts list")
        .query(params::<HostQuery>)
        .reply::<HostList>(),
    Op::new("host_get", Get, "/v1/hosts/{id}", READ, "One host with its services")
        .command("hosts show")
        .reply::<Host>(),
    Op::new(
        "events",
        Get,
        "/v1/events",
        READ,
        "Stream events: SSE, or NDJSON with `Accept: application/x-ndjson`",
    )
    .command("events tail")
    .content("text/event-stream")
    .query(params::<EventQuery>),
    Op::new("events_ws", Get, "/v1/events/ws", READ, "Stream events over a WebSocket").status(101),
    Op::new("event_history", Get, "/v1/events/history", READ, "A page of the journal")
        .command("events tail")
        .query(params::<HistoryQuery>)
        .reply::<EventPage>(),
    Op::new("event_publish", Post, "/v1/events", OPERATE, "Publish events of types that plugins declared")
        .command("events publish")
        .status(201)
        .request::<PublishRequest>()
        .reply::<Published>(),
    Op::new(
        "event_type_register",
        Post,
        "/v1/event-types",
        ADMIN,
        "Declare a type of event, or widen the schema of one",
    )
    .command("events types register")
    .status(201)
    .request::<EventTypeRequest>()
    .reply::<EventTypeInfo>(),
    Op::new("event_type_list", Get, "/v1/event-types", READ, "List types of events, declared ones included")
        .command("events types list")
        .reply::<EventTypeList>(),
    Op::new(
        "event_type_schema",
        Get,
        "/v1/event-types/{name}/schema",
        READ,
        "The JSON Schema of the data of a type's events",
    )
    .command("events types show")
    .content("application/schema+json"),
    Op::new(
        "event_statistics",
        Get,
        "/v1/statistics/events",
        READ,
        "Events by type, rate, lag, merged, dropped",
    )
    .command("events statistics")
    .reply::<EventStatistics>(),
    Op::new("retention_get", Get, "/v1/retention", READ, "How long events are kept, and what there is")
        .command("retention show")
        .reply::<Retention>(),
    Op::new("retention_set", Post, "/v1/retention", ADMIN, "Change how long events are kept")
        .command("retention set")
        .request::<RetentionRequest>()
        .reply::<Retention>(),
    Op::new("retention_run", Post, "/v1/retention/run", ADMIN, "Drop now what may go")
        .command("retention run")
        .reply::<RetentionRun>(),
    Op::new(
        "consumer_put",
        Post,
        "/v1/consumers",
        OPERATE,
        "Register a reader for which events are kept, or tell its position",
    )
    .command("consumers put")
    .request::<ConsumerRequest>()
    .reply::<Consumer>(),
    Op::new("consumer_list", Get, "/v1/consumers", READ, "List registered readers")
        .command("consumers list")
        .reply::<ConsumerList>(),
    Op::new("consumer_delete", Delete, "/v1/consumers/{name}", OPERATE, "Forget a registered reader")
        .command("consumers delete")
        .status(204),
    Op::new("webhook_create", Post, "/v1/webhooks", ADMIN, "Make a webhook")
        .command("webhooks create")
        .status(201)
        .request::<WebhookRequest>()
        .reply::<WebhookWithSecret>(),
    Op::new("webhook_list", Get, "/v1/webhooks", ADMIN, "List webhooks, newest first")
        .command("webhooks list")
        .reply::<WebhookList>(),
    Op::new("webhook_get", Get, "/v1/webhooks/{id}", ADMIN, "One webhook")
        .command("webhooks show")
        .reply::<Webhook>(),
    Op::new("webhook_update", Post, "/v1/webhooks/{id}", ADMIN, "Change a webhook, pause it, let it go on")
        .command("webhooks update")
        .request::<WebhookUpdate>()
        .reply::<Webhook>(),
    Op::new("webhook_delete", Delete, "/v1/webhooks/{id}", ADMIN, "Delete a webhook and its log")
        .command("webhooks delete")
        .status(204),
    Op::new("webhook_test", Post, "/v1/webhooks/{id}/test", ADMIN, "Send a test now and say how it went")
        .command("webhooks test")
        .reply::<WebhookDelivery>(),
    Op::new("webhook_rotate", Post, "/v1/webhooks/{id}/rotate", ADMIN, "Make a new signing secret")
        .command("webhooks rotate")
        .status(201)
        .request::<WebhookRotation>()
        .reply::<WebhookWithSecret>(),
    Op::new("webhook_replay", Post, "/v1/webhooks/{id}/replay", ADMIN, "Deliver a range of events again")
        .command("webhooks replay")
        .status(202)
        .request::<WebhookReplay>()
        .reply::<StartedReplay>(),
    Op::new(
        "webhook_deliveries",
        Get,
        "/v1/webhooks/{id}/deliveries",
        ADMIN,
        "The log of tries, newest first",
    )
    .command("webhooks deliveries")
    .query(params::<WebhookDeliveryQuery>)
    .reply::<WebhookDeliveryPage>(),
    Op::new("key_status", Get, "/v1/keys", ADMIN, "Who can open the data folder, and which keys there are")
        .command("keys status")
        .reply::<KeyStatus>(),
    Op::new("key_slot_add", Post, "/v1/keys/slots", ADMIN, "Add a way of opening the data folder")
        .command("keys add")
        .status(201)
        .request::<SlotRequest>()
        .reply::<KeySlot>(),
    Op::new(
        "key_slot_remove",
        Delete,
        "/v1/keys/slots/{id}",
        ADMIN,
        "Remove a way of opening the data folder",
    )
    .command("keys remove")
    .query(params::<SlotRemoval>)
    .status(204),
    Op::new("key_recovery", Post, "/v1/keys/recovery", ADMIN, "Make a recovery key; shown once")
        .command("keys recovery")
        .status(201)
        .reply::<RecoveryKey>(),
    Op::new(
        "key_rotate",
        Post,
        "/v1/keys/rotate",
        ADMIN,
        "Make a new data key; seal everything again if asked",
    )
    .command("keys rotate")
    .status(202)
    .request::<KeyRotation>()
    .reply::<KeyStatus>(),
    Op::new("token_create", Post, "/v1/tokens", ADMIN, "Make a bearer token")
        .command("token create")
        .status(201)
        .request::<TokenRequest>()
        .reply::<CreatedToken>(),
    Op::new("token_list", Get, "/v1/tokens", ADMIN, "List bearer tokens")
        .command("token list")
        .reply::<TokenList>(),
    Op::new("token_revoke", Delete, "/v1/tokens/{id}", ADMIN, "Revoke a bearer token, at once")
        .command("token revoke")
        .status(204),
    Op::new("sign_in_link", Post, "/v1/sign-in-links", ADMIN, "Make a one-time link for a browser")
        .command("open")
        .status(201)
        .reply::<SignInLink>(),
    Op::new("session_start", Post, "/v1/session", None, "Trade a one-time code for a browser session")
        .status(201)
        .request::<SessionStart>()
        .reply::<Session>(),
    Op::new("session_get", Get, "/v1/session", None, "Who is signed in in this browser").reply::<Session>(),
    Op::new("session_end", Delete, "/v1/session", None, "Sign out").status(204),
    Op::new("audit_list", Get, "/v1/audit", ADMIN, "The latest changes and who made them")
        .command("audit")
        .reply::<AuditPage>(),
];
