//! The HTTP edge: whole requests, to every operation, through the real routes. Behind them is a client of a socket that
//! does not exist, so that nothing is done: what gets through to it is answered with 503.

use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use groma_api::{
    ApiError, Backend, Checks, ErrorCode, Gate, Health, Method, OPERATIONS, Principal, PrincipalKind,
    Problem, Scope, Session, StartedSession,
};
use groma_client::Client;
use groma_http::{EdgeOptions, router};
use groma_model::{PrincipalId, Timestamp};
use tower::ServiceExt as _;

use crate::runtime::block;

/// The most of an answer that is read: documents are the largest.
const ANSWER_BYTES_MAX: usize = 16 << 20;

#[derive(Debug)]
struct Door(Arc<Client>);

fn principal(kind: PrincipalKind) -> Principal {
    Principal { id: PrincipalId::now(), kind, name: "somebody".to_owned(), scopes: vec![Scope::Admin] }
}

fn session() -> Session {
    Session {
        principal: principal(PrincipalKind::Session),
        csrf: "c".to_owned(),
        expires_at: Timestamp::UNIX_EPOCH.plus_seconds(1 << 32),
    }
}

fn nobody() -> ApiError {
    ApiError::new(ErrorCode::Unauthenticated, "unknown")
}

#[async_trait]
impl Gate for Door {
    async fn by_token(&self, secret: &str) -> Result<Principal, ApiError> {
        if secret == "t" { Ok(principal(PrincipalKind::Token)) } else { Err(nobody()) }
    }

    async fn by_session(&self, secret: &str) -> Result<Session, ApiError> {
        if secret == "s" { Ok(session()) } else { Err(nobody()) }
    }

    async fn by_user(&self, _: u32) -> Result<Principal, ApiError> {
        Err(nobody())
    }

    async fn session_start(&self, code: &str) -> Result<StartedSession, ApiError> {
        let started = StartedSession { secret: "s".to_owned(), session: session() };
        if code == "once" { Ok(started) } else { Err(nobody()) }
    }

    async fn session_end(&self, _: &str) -> Result<(), ApiError> {
        Ok(())
    }

    async fn refused(&self, _: Option<PrincipalId>, _: &str, _: &ApiError) {}

    fn backend(&self, _: Principal) -> Arc<dyn Backend> {
        Arc::clone(&self.0) as _
    }

    fn health(&self) -> Health {
        Health { status: "ok".to_owned(), checks: Checks { storage: "ok".to_owned() } }
    }

    async fn stopping(&self) {
        std::future::pending::<()>().await;
    }
}

static ROUTES: LazyLock<Router> = LazyLock::new(|| {
    let nobody = Arc::new(Client::unix("/nonexistent/groma.sock"));
    router(Arc::new(Door(nobody)), EdgeOptions::default())
});

/// Reads a request as it looks on the wire: a line with method and target, headers, an empty line, the body.
fn request(data: &[u8]) -> Option<Request<Body>> {
    let end = data.windows(2).position(|pair| pair == b"\n\n")?;
    let (head, body) = (&data[..end], &data[end + 2..]);
    let mut lines = head.split(|byte| *byte == b'\n');
    let mut first = lines.next()?.splitn(2, |byte| *byte == b' ');
    let (method, target) = (first.next()?, first.next()?);
    let mut request = Request::builder().method(method).uri(target);
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        request = request.header(&line[..colon], line[colon + 1..].trim_ascii());
    }
    request.body(Body::from(body.to_vec())).ok()
}

/// Sends a request through the routes.
pub(crate) fn run(data: &[u8]) {
    let Some(request) = request(data) else { return };
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let (status, headers, body) = block(async {
        let response = ROUTES.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, to_bytes(body, ANSWER_BYTES_MAX).await.unwrap())
    });
    assert_ne!(status.as_u16(), 500, "{method} {uri}: {}", String::from_utf8_lossy(&body));
    for name in ["content-security-policy", "x-content-type-options", "x-request-id"] {
        assert!(headers.contains_key(name), "{method} {uri} is answered without {name}");
    }
    assert!(!headers.contains_key("access-control-allow-origin"), "{method} {uri}");
    let refused = status.is_client_error() || status.is_server_error();
    let document =
        headers.get(header::CONTENT_TYPE).is_some_and(|content| content == "application/problem+json");
    if refused && document && method != "HEAD" {
        let problem: Problem = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem.status, status.as_u16());
        assert_eq!(problem.code.status(), status.as_u16());
    }
    // The health of what is behind the edge is told in its own words, and there is no page here.
    assert!(!refused || document || !uri.path().starts_with("/v1/"), "{method} {uri}: {status}");
}

/// A request to every operation, by a program and by a page.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let id = "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77";
    for operation in OPERATIONS {
        let method = match operation.method {
            Method::Get => "GET",
            Method::Delete => "DELETE",
            _ => "POST",
        };
        let path: String = operation
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { id } else { part })
            .fold(String::new(), |mut path, part| {
                if !part.is_empty() {
                    path.push('/');
                    path.push_str(part);
                }
                path
            });
        let body = if method == "POST" { "{}" } else { "" };
        let json = if method == "POST" { "Content-Type: application/json\n" } else { "" };
        seeds.push(format!("{method} {path}\nHost: localhost\nAuthorization: Bearer t\n{json}\n{body}"));
    }
    let page =
        "Host: localhost:1\nCookie: a=b; groma_session=s\nOrigin: http://localhost:1\nX-Groma-CSRF: c\n";
    let json = "Content-Type: application/json; charset=utf-8\n";
    for (first, more, body) in [
        ("POST /v1/scans", json, r#"{"kind":"network","targets":["10.0.0.0/24"],"ports":"22"}"#),
        ("POST /v1/tokens", json, r#"{"name":"ci","scopes":["read"],"expires_in_seconds":60}"#),
        ("POST /v1/session", json, r#"{"code":"once"}"#),
        ("DELETE /v1/session", "", ""),
        (
            "GET /v1/events/ws",
            "Upgrade: websocket\nConnection: upgrade\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n",
            "",
        ),
        (
            "GET /v1/events?types=groma.*&after=oldest",
            "Last-Event-ID: 1763740800000-00000000000000000042\nAccept: application/x-ndjson;q=0.5\n",
            "",
        ),
        ("GET /openapi.json", "If-None-Match: \"x\", *\nAccept-Encoding: gzip\n", ""),
        ("GET /schemas/groma.network.error/v1", "X-Groma-Protocol: 1\n", ""),
        ("GET /v1/scan/task/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77?wait=1", "", ""),
        ("GET /%2e%2e/etc/passwd", "", ""),
    ] {
        seeds.push(format!("{first}\n{page}{more}\n{body}"));
    }
    seeds.into_iter().map(String::into_bytes).collect()
}
