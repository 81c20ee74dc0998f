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
use crate::negotiate::LargeJson;
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
    let (openapi, schemas, page) = (Arc::clone(&edge), Arc::clone(&edge), Arc::clone(&edge));
    let (asyncapi, problems) = (Arc::clone(&edge), Arc::clone(&edge));
    let documents =
        Router::new()
            .route(
                "/openapi.json",
                get(move |headers: HeaderMap| async move { openapi.documents.openapi(&headers) }),
            )
            .route(
                "/asyncapi.json",
                get(move |headers: HeaderMap| async move { asyncapi.documents.asyncapi(&headers) }),
            )
            .route(
                "/problems/{name}",
                get(move |headers: HeaderMap, uri: Uri| async move {
                    problems.documents.problem(uri.path(), &headers)
                }),
            )
            .route(
                "/schemas/{name}/v1",
                get(move |headers: HeaderMap, uri: Uri| async move {
                    schemas.documents.schema(uri.path(), &headers)
                }),
            )
            .fallback(move |request: Request| async move { assets::answer(&page, &request) })
            .layer(middleware::from_fn_with_state(Arc::clone(&edge), counted));
    router
        .merge(documents)
        .method_not_allowed_fallback(wrong_method)
        .layer(CompressionLayer::new().compress_when(LargeJson))
        .layer(middleware::from_fn_with_state(edge, frame))
}

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
