//! What is done around every request: its id, the checks that hold for all, strict headers, the log line.

mod framing;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use groma_api::{ApiError, ErrorCode, PROTOCOL_HEADER, PROTOCOL_VERSION};
use uuid::Uuid;

use crate::action::remote;
use crate::edge::Edge;
use crate::origin;
use crate::peer::Connection;
use crate::problem::problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const STRICT: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds what every answer says.
pub(crate) fn strict(headers: &mut HeaderMap) {
    for (name, value) in STRICT {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Wraps every request.
pub(crate) async fn frame(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = Uuid::now_v7();
    let method = request.method().clone();
    // The pattern, never the path: paths carry ids that people may have put into links.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let peer = request.extensions().get::<Arc<Connection>>().map(|connection| connection.peer);
    let framed = framing::unambiguous(request.headers());
    let unframed = framed.is_err();
    let allowed = framed
        .and_then(|()| origin::target(request.uri(), request.headers()))
        .and_then(|()| origin::host(request.headers(), peer, &edge.options))
        .and_then(|()| protocol(request.headers()));
    let insist =
        edge.options.secure && remote(peer).is_some() && origin::may_insist_on_tls(request.headers());
    let mut response = match allowed {
        Ok(()) => next.run(request).await,
        Err(error) => problem(&error),
    };
    let status = response.status();
    let headers = response.headers_mut();
    strict(headers);
    if unframed {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if insist {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    let route = route.as_deref().unwrap_or("-");
    let millis = started.elapsed().as_secs_f64() * 1000.0;
    if status.is_server_error() {
        tracing::warn!(%method, route, status = status.as_u16(), ms = millis, request = %id, "answered");
    } else {
        tracing::debug!(%method, route, status = status.as_u16(), ms = millis, request = %id, "answered");
    }
    response
}

/// Counts requests for what nobody has to sign in for: documents, and the page.
pub(crate) async fn counted(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Arc<Connection>>().map(|connection| connection.peer);
    let Some(remote) = remote(peer) else { return next.run(request).await };
    match edge.rates.peer(remote) {
        Ok(quota) => {
            let mut response = next.run(request).await;
            quota.tell(response.headers_mut());
            response
        }
        Err(error) => problem(&error),
    }
}

/// Refuses a client that says it speaks another version.
fn protocol(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(given) = headers.get(PROTOCOL_HEADER) else { return Ok(()) };
    let given = given.to_str().unwrap_or_default();
    if given.parse() == Ok(PROTOCOL_VERSION) {
        return Ok(());
    }
    let given: String = given.chars().take(20).collect();
    let detail = format!(
        "the running Groma speaks protocol {PROTOCOL_VERSION}, the caller `{given}`: use the same version for both"
    );
    Err(ApiError::new(ErrorCode::VersionMismatch, detail))
}
