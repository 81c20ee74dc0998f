//! All routes, from the table of operations.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, Uri};
use axum::middleware;
use axum::response::Response;
use axum::routing::{MethodFilter, get, on};
use groma_api::{ApiError, ErrorCode, Gate, Method, OPERATIONS};
use tower_http::compression::CompressionLayer;

use crate::action::answer;
use crate::edge::Edge;
use crate::frame::{counted, frame};
use crate::negotiate::LargeText;
use crate::problem::problem;
use crate::{EdgeOptions, assets, routes};

/// Returns the routes of every operation, of the documents, and of the page.
///
/// Serve them with [`serve_tcp`](crate::serve_tcp) and [`serve_unix`](crate::serve_unix), which tell the routes who is
/// at the other end.
pub fn router(gate: Arc<dyn Gate>, options: EdgeOptions) -> Router {
    let edge = Arc::new(Edge::new(gate, options));
    let mut router = Router::new();
    for operation in OPERATIONS {
        let Some(action) = routes::action(operation.id) else {
            tracing::error!(operation = operation.id, "the operation has no route");
            continue;
        };
        let edge = Arc::clone(&edge);
        let handler = move |request: Request| answer(Arc::clone(&edge), operation, action, request);
        router = router.route(operation.path, on(filter(operation.method), handler));
    }
    let page = Arc::clone(&edge);
    let documents = documents(&edge)
        .fallback(move |request: Request| async move { assets::answer(&page, &request) })
        .layer(middleware::from_fn_with_state(Arc::clone(&edge), counted));
    router
        .merge(documents)
        .method_not_allowed_fallback(wrong_method)
        .layer(CompressionLayer::new().compress_when(LargeText))
        .layer(middleware::from_fn_with_state(edge, frame))
}

/// Returns the routes of what describes the API.
fn documents(edge: &Arc<Edge>) -> Router {
    let mut router = Router::new();
    let documents: [(&str, Document); 7] = [
        ("/openapi.json", |edge, _, headers| edge.documents.openapi(headers)),
        ("/asyncapi.json", |edge, _, headers| edge.documents.asyncapi(headers)),
        ("/problems/{name}", |edge, uri, headers| edge.documents.problem(uri.path(), headers)),
        ("/schemas/{name}/v1", |edge, uri, headers| edge.documents.schema(uri.path(), headers)),
        ("/docs", |edge, _, headers| edge.docs.page(headers)),
        ("/docs/docs.css", |edge, _, headers| edge.docs.style(headers)),
        ("/docs/docs.js", |edge, _, headers| edge.docs.script(headers)),
    ];
    for (path, document) in documents {
        let edge = Arc::clone(edge);
        router = router.route(
            path,
            get(move |uri: Uri, headers: HeaderMap| async move { document(&edge, &uri, &headers) }),
        );
    }
    router
}

type Document = fn(&Edge, &Uri, &HeaderMap) -> Response;

const fn filter(method: Method) -> MethodFilter {
    match method {
        // HEAD is answered as GET without the body.
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn wrong_method(request: Request) -> Response {
    let detail = format!("{} does not exist here: see /openapi.json", request.method());
    problem(&ApiError::new(ErrorCode::MethodNotAllowed, detail))
}
