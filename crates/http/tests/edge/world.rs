//! A gate and a backend that remember what they were asked, and a server in front of them.

mod backend;
mod execution;
mod inventory;
mod journal;
mod rest;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use groma_api::{
    ApiError, Attempt, AttemptEnd, Backend, Checks, ErrorCode, Gate, Health, KeyedRequest, Principal,
    PrincipalKind, Scope, Session, StartedSession,
};
use groma_http::{EdgeOptions, Limits, router, serve_tcp, serve_unix};
use groma_model::{Clock, PrincipalId, SystemClock};
use tokio::net::{TcpListener, UnixListener};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) use backend::FakeBackend;
pub(crate) use journal::Journal;

/// A token that may do everything.
pub(crate) const ADMIN: &str = "admin-secret";
/// A token that may only read.
pub(crate) const READER: &str = "reader-secret";
/// A signed-in browser's cookie and CSRF value.
pub(crate) const COOKIE: &str = "groma_session=browser-secret";
pub(crate) const CSRF: &str = "csrf-value";

/// Everything behind the edge.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) journal: Journal,
    pub(crate) calls: Mutex<Vec<String>>,
    pub(crate) refused: Mutex<Vec<(bool, String, ErrorCode)>>,
    pub(crate) failing: AtomicBool,
    pub(crate) revoked: AtomicBool,
    /// Added to the protocol version that the backend tells.
    pub(crate) protocol_ahead: AtomicU32,
    pub(crate) stop: CancellationToken,
    /// Requests with idempotency keys, and how they ended.
    pub(crate) attempts: Mutex<Vec<(KeyedRequest, Option<AttemptEnd>)>>,
}

#[derive(Debug)]
struct FakeGate(Arc<World>);

impl World {
    pub(crate) fn last_call(&self) -> String {
        self.calls.lock().unwrap().last().cloned().unwrap_or_default()
    }

    pub(crate) fn refusals(&self) -> Vec<(bool, String, ErrorCode)> {
        self.refused.lock().unwrap().clone()
    }
}

fn principal(kind: PrincipalKind, scopes: &[Scope]) -> Principal {
    // The same each time, as it is of a real gate.
    let id = PrincipalId::from_uuid(Uuid::from_u128(((kind as u128) << 8) | scopes[0] as u128));
    Principal { id, kind, name: "somebody".to_owned(), scopes: scopes.to_vec() }
}

pub(crate) fn session() -> Session {
    Session {
        principal: principal(PrincipalKind::Session, &[Scope::Admin]),
        csrf: CSRF.to_owned(),
        expires_at: SystemClock.now().plus_seconds(3600),
    }
}

fn unauthenticated() -> ApiError {
    ApiError::new(ErrorCode::Unauthenticated, "unknown credential")
}

#[async_trait]
impl Gate for FakeGate {
    async fn by_token(&self, secret: &str) -> Result<Principal, ApiError> {
        match secret {
            _ if self.0.revoked.load(Ordering::SeqCst) => Err(unauthenticated()),
            ADMIN => Ok(principal(PrincipalKind::Token, &[Scope::Admin])),
            READER => Ok(principal(PrincipalKind::Token, &[Scope::Read])),
            _ => Err(unauthenticated()),
        }
    }

    async fn by_session(&self, secret: &str) -> Result<Session, ApiError> {
        if secret == "browser-secret" { Ok(session()) } else { Err(unauthenticated()) }
    }

    async fn by_user(&self, uid: u32) -> Result<Principal, ApiError> {
        if uid == rustix::process::getuid().as_raw() {
            return Ok(principal(PrincipalKind::Local, &[Scope::Admin]));
        }
        Err(ApiError::new(ErrorCode::Forbidden, "not the owner"))
    }

    async fn session_start(&self, code: &str) -> Result<StartedSession, ApiError> {
        if code == "once" {
            return Ok(StartedSession { secret: "browser-secret".to_owned(), session: session() });
        }
        Err(unauthenticated())
    }

    async fn session_end(&self, _: &str) -> Result<(), ApiError> {
        Ok(())
    }

    async fn refused(&self, principal: Option<PrincipalId>, operation: &str, error: &ApiError) {
        self.0.refused.lock().unwrap().push((principal.is_some(), operation.to_owned(), error.code));
    }

    async fn attempt(&self, request: &KeyedRequest) -> Result<Attempt, ApiError> {
        let mut attempts = self.0.attempts.lock().unwrap();
        let same = |known: &KeyedRequest| {
            (known.principal, known.operation, &known.key)
                == (request.principal, request.operation, &request.key)
        };
        let known = attempts.iter().find(|(known, end)| same(known) && *end != Some(AttemptEnd::NothingDone));
        match known {
            None => {
                attempts.push((request.clone(), None));
                Ok(Attempt::First)
            }
            Some((known, _)) if known.digest != request.digest => {
                Err(ApiError::new(ErrorCode::IdempotencyMismatch, "another request"))
            }
            Some((_, Some(AttemptEnd::Answered(answer)))) => Ok(Attempt::Repeated(answer.clone())),
            Some(_) => Err(ApiError::new(ErrorCode::Conflict, "not again")),
        }
    }

    async fn attempt_ended(&self, request: &KeyedRequest, end: AttemptEnd) {
        let mut attempts = self.0.attempts.lock().unwrap();
        let open = attempts.iter_mut().find(|(known, end)| known == request && end.is_none());
        open.unwrap().1 = Some(end);
    }

    fn backend(&self, _: Principal) -> Arc<dyn Backend> {
        Arc::new(FakeBackend(Arc::clone(&self.0)))
    }

    fn health(&self) -> Health {
        let failing = self.0.failing.load(Ordering::SeqCst);
        let status = if failing { "failing" } else { "ok" };
        Health { status: status.to_owned(), checks: Checks { storage: status.to_owned() } }
    }

    async fn stopping(&self) {
        self.0.stop.cancelled().await;
    }
}

/// A served world.
pub(crate) struct Served {
    pub(crate) world: Arc<World>,
    pub(crate) address: SocketAddr,
    pub(crate) socket: std::path::PathBuf,
    pub(crate) http: reqwest::Client,
    tcp: JoinHandle<()>,
    unix: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Served {
    pub(crate) async fn new() -> Self {
        Self::with(EdgeOptions::default(), Limits::default()).await
    }

    pub(crate) async fn with(options: EdgeOptions, limits: Limits) -> Self {
        let world = Arc::new(World::default());
        let routes = router(Arc::new(FakeGate(Arc::clone(&world))), options);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("groma.sock");
        let local = UnixListener::bind(&socket).unwrap();
        let tcp =
            tokio::spawn(serve_tcp(listener, routes.clone(), limits, world.stop.clone().cancelled_owned()));
        let unix = tokio::spawn(serve_unix(local, routes, limits, world.stop.clone().cancelled_owned()));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { world, address, socket, http, tcp, unix, _folder: folder }
    }

    /// Returns routes into the same world, to be served in another way.
    pub(crate) fn routes(&self, options: EdgeOptions) -> axum::Router {
        router(Arc::new(FakeGate(Arc::clone(&self.world))), options)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(self.url(path)).bearer_auth(ADMIN)
    }

    pub(crate) fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.post(self.url(path)).bearer_auth(ADMIN)
    }

    /// Returns a request as our page makes it.
    pub(crate) fn page_request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, self.url(path))
            .header("cookie", COOKIE)
            .header("origin", format!("http://{}", self.address))
            .header("x-groma-csrf", CSRF)
    }

    /// Stops the world and waits until both listeners are done.
    pub(crate) async fn stop(self) {
        self.world.stop.cancel();
        soon(self.tcp).await.unwrap();
        soon(self.unix).await.unwrap();
    }
}

/// Waits for what has to happen; a test that hangs says so.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("it did not happen within 20 s")
}

/// Asserts that an answer is a problem of that code; returns it.
pub(crate) async fn problem(response: reqwest::Response, code: ErrorCode) -> groma_api::Problem {
    assert_eq!(response.status().as_u16(), code.status(), "{response:?}");
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: groma_api::Problem = response.json().await.unwrap();
    assert_eq!(problem.code, code, "{problem:?}");
    assert_eq!(problem.status, code.status());
    assert_eq!(problem.message, problem.detail);
    problem
}
