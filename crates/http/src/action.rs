//! From a request to an answer: admit, count, call, answer.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::Response;
use futures::future::BoxFuture;
use groma_api::{ApiError, ErrorCode, Operation};

use crate::admission::{Caller, Refusal, admit, signs_in};
use crate::call::Call;
use crate::edge::Edge;
use crate::peer::{Connection, Peer};
use crate::problem::problem;
use crate::rate::Quota;
use crate::{etag, idempotency};

/// What an operation does with an admitted request.
pub(crate) type Action = fn(Call) -> BoxFuture<'static, Result<Response, ApiError>>;

/// Answers a request for an operation.
pub(crate) async fn answer(
    edge: Arc<Edge>,
    operation: &'static Operation,
    action: Action,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let peer = parts.extensions.get::<Arc<Connection>>().map(|connection| connection.peer);
    let remote = remote(peer);
    let trying = signs_in(operation);
    if let (true, Some(remote)) = (trying, remote) {
        // Counted as a failure until it has proved to be none, so that many tried at once are counted too.
        if let Err(error) = edge.rates.failure(remote) {
            return problem(&error);
        }
    }
    let (caller, quota) = match let_in(&edge, operation, &parts, peer).await {
        Ok(admitted) => admitted,
        Err(error) => return problem(&error),
    };
    let asked = (parts.method == Method::GET || parts.method == Method::HEAD).then(|| parts.headers.clone());
    let answer = match (caller, idempotency::key(operation, &parts.headers)) {
        (_, Err(error)) => Err(error),
        (Some(caller), Ok(Some(key))) => {
            Box::pin(idempotency::once(Arc::clone(&edge), operation, action, caller, key, parts, body)).await
        }
        (caller, Ok(_)) => match Call::new(Arc::clone(&edge), operation, caller, parts, body).await {
            Ok(call) => action(call).await,
            Err(error) => Err(error),
        },
    };
    if let (true, true, Some(remote)) = (trying, answer.is_ok(), remote) {
        edge.rates.no_failure(remote);
    }
    let mut response = match (answer, asked) {
        (Ok(response), Some(asked)) => etag::tag(response, &asked).await,
        (Ok(response), None) => response,
        (Err(error), _) => problem(&error),
    };
    if let Some(quota) = quota {
        quota.tell(response.headers_mut());
    }
    response
}

/// Finds out who calls, whether they may, and whether they have not called too often. Refused changes are noted.
async fn let_in(
    edge: &Edge,
    operation: &Operation,
    parts: &Parts,
    peer: Option<Peer>,
) -> Result<(Option<Caller>, Option<Quota>), ApiError> {
    let remote = remote(peer);
    match admit(edge, operation, parts, peer).await {
        // The owner's own commands are not counted.
        Ok(caller) => match (remote, &caller) {
            (None, _) => Ok((caller, None)),
            (Some(_), Some(known)) => {
                let quota = edge.rates.principal(known.principal.id)?;
                Ok((caller, Some(quota)))
            }
            (Some(remote), None) => Ok((None, Some(edge.rates.peer(remote)?))),
        },
        Err(Refusal { principal, error }) => {
            match (remote, principal) {
                (Some(_), Some(principal)) => edge.rates.principal(principal).map(drop)?,
                // Tokens must not be tried out, and what is noted must not fill the disk. A page whose session has ended
                // asks many things before it knows.
                (Some(remote), None) if error.code == ErrorCode::Unauthenticated => {
                    let strictly = operation.mutates() || parts.headers.contains_key(header::AUTHORIZATION);
                    if strictly { edge.rates.failure(remote) } else { edge.rates.peer(remote) }.map(drop)?;
                }
                _ => {}
            }
            if operation.mutates() {
                edge.gate.refused(principal, operation.id, &error).await;
            }
            Err(error)
        }
    }
}

/// Returns where a request comes from, if it comes over a network.
pub(crate) fn remote(peer: Option<Peer>) -> Option<IpAddr> {
    match peer {
        Some(Peer::Tcp { remote, .. }) => Some(remote),
        Some(Peer::User { .. }) | None => None,
    }
}
