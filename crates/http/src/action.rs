//! From a request to an answer: admit, call, answer.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use futures::future::BoxFuture;
use groma_api::{ApiError, Operation};

use crate::admission::{Refusal, admit};
use crate::call::Call;
use crate::edge::Edge;
use crate::peer::Connection;
use crate::problem::problem;

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
    let caller = match admit(&edge, operation, &parts, peer).await {
        Ok(caller) => caller,
        Err(Refusal { principal, error }) => {
            if operation.mutates() {
                edge.gate.refused(principal, operation.id, &error).await;
            }
            return problem(&error);
        }
    };
    let answer = match Call::new(edge, operation, caller, parts, body).await {
        Ok(call) => action(call).await,
        Err(error) => Err(error),
    };
    answer.unwrap_or_else(|error| problem(&error))
}
