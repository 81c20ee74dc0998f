//! `Idempotency-Key`: a change that is asked for again, because its answer was lost, is not made again.
//! (draft-ietf-httpapi-idempotency-key-header)

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use groma_api::{ApiError, Attempt, AttemptEnd, ErrorCode, KeptAnswer, KeyedRequest, Operation};
use ring::digest::{Context, SHA256};

use crate::action::Action;
use crate::admission::Caller;
use crate::call::{Call, bytes_max, collect};
use crate::edge::Edge;
use crate::peer::Connection;
use crate::problem::problem;

/// The header with the caller's key.
pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Marks an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const KEY_CHARS_MAX: usize = 255;
/// The largest answer that is kept; those of changes are small.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Headers that belong to an answer, not to the moment at which it was sent.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::RETRY_AFTER];
/// Operations whose answers hold a secret that is shown once.
const SECRET: [&str; 6] =
    ["token_create", "sign_in_link", "webhook_create", "webhook_rotate", "key_recovery", "run_begin"];

/// Returns the key of a request that has one, if it is for an operation that takes keys: those that change something on
/// behalf of somebody.
pub(crate) fn key(operation: &Operation, headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    if !operation.mutates() || operation.scope.is_none() {
        return Ok(None);
    }
    let mut values = headers.get_all(&KEY).iter();
    let (Some(value), more) = (values.next(), values.next()) else { return Ok(None) };
    let refuse = |detail: &str| Err(ApiError::invalid("Idempotency-Key", detail));
    if more.is_some() {
        return refuse("the request has more than one Idempotency-Key: send one");
    }
    let text = value.to_str().unwrap_or_default().trim();
    // The draft writes keys as quoted strings; most clients send them bare.
    let key = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let printable = key.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    if key.is_empty() || key.len() > KEY_CHARS_MAX || !printable {
        return refuse("an idempotency key has 1 to 255 printable ASCII characters; a UUID does well");
    }
    Ok(Some(key.to_owned()))
}

/// Does what a keyed request asks for, or repeats the answer that it had.
pub(crate) async fn once(
    edge: Arc<Edge>,
    operation: &'static Operation,
    action: Action,
    caller: Caller,
    key: String,
    parts: Parts,
    body: Body,
) -> Result<Response, ApiError> {
    let body = collect(&parts.headers, body, bytes_max(operation.id), edge.options.body_timeout).await?;
    let request = KeyedRequest {
        principal: caller.principal.id,
        operation: operation.id,
        key,
        digest: digest(&parts, &body),
    };
    match edge.gate.attempt(&request).await? {
        Attempt::Repeated(answer) => Ok(repeat(answer)),
        Attempt::First => {
            let connection = parts.extensions.get::<Arc<Connection>>().cloned();
            // On its own: a caller that goes away must not leave behind a change that is half made, or that nobody
            // noted. The connection counts as at work until then, so that an orderly stop waits.
            let done = tokio::spawn(async move {
                let _at_work = connection;
                let gate = Arc::clone(&edge.gate);
                let doubt = Doubt { edge: Arc::clone(&edge), request: Some(request) };
                let answer = match Call::new(edge, operation, Some(caller), parts, body.into()).await {
                    Ok(call) => action(call).await,
                    Err(error) => Err(error),
                };
                let (answer, end) = match answer {
                    Ok(response) => keep(operation, response).await,
                    Err(error) => {
                        // Faults of ours may come after the change.
                        let late = matches!(error.code, ErrorCode::Internal | ErrorCode::StorageFailed);
                        (problem(&error), if late { AttemptEnd::Unknown } else { AttemptEnd::NothingDone })
                    }
                };
                if let Some(request) = doubt.settled() {
                    gate.attempt_ended(&request, end).await;
                }
                answer
            });
            done.await.map_err(|error| {
                tracing::error!(%error, operation = operation.id, "a keyed request broke off");
                let detail = format!("{} broke off: look whether it was done", operation.id);
                ApiError::new(ErrorCode::Internal, detail)
            })
        }
    }
}

/// A request that began: unless it is settled, its end is unknown.
struct Doubt {
    edge: Arc<Edge>,
    request: Option<KeyedRequest>,
}

impl Doubt {
    fn settled(mut self) -> Option<KeyedRequest> {
        self.request.take()
    }
}

impl Drop for Doubt {
    fn drop(&mut self) {
        // Only a panic comes here.
        if let (Some(request), Ok(runtime)) = (self.request.take(), tokio::runtime::Handle::try_current()) {
            let gate = Arc::clone(&self.edge.gate);
            runtime.spawn(async move { gate.attempt_ended(&request, AttemptEnd::Unknown).await });
        }
    }
}

fn digest(parts: &Parts, body: &[u8]) -> [u8; 32] {
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let mut context = Context::new(&SHA256);
    context.update(target.as_bytes());
    // No target holds a zero.
    context.update(&[0]);
    context.update(body);
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

/// Returns the answer, and what of it is kept.
async fn keep(operation: &Operation, response: Response) -> (Response, AttemptEnd) {
    if SECRET.contains(&operation.id) {
        return (response, AttemptEnd::AnsweredSecretly);
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER_BYTES_MAX).await else {
        let error = ApiError::new(ErrorCode::Internal, format!("the answer to {} was lost", operation.id));
        return (problem(&error), AttemptEnd::Unknown);
    };
    let headers = KEPT.iter().filter_map(|name| {
        let value = parts.headers.get(name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    let kept = KeptAnswer {
        status: parts.status.as_u16(),
        headers: headers.collect(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    };
    (Response::from_parts(parts, Body::from(bytes)), AttemptEnd::Answered(kept))
}

fn repeat(answer: KeptAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests;
