//! Errors as RFC 9457 responses.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use groma_api::{ApiError, ErrorCode};

/// Turns an error into a response.
pub(crate) fn problem(error: &ApiError) -> Response {
    let problem = error.problem();
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    let wait = match error.code {
        ErrorCode::Unavailable | ErrorCode::TooManyRequests => problem.retry_after_seconds.or(Some(2)),
        _ => problem.retry_after_seconds,
    };
    if let Some(seconds) = wait {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let (ErrorCode::TooManyRequests, Some(seconds)) = (error.code, problem.retry_after_seconds)
        && let Ok(nothing_left) = HeaderValue::from_str(&format!("\"default\";r=0;t={seconds}"))
    {
        headers.insert(HeaderName::from_static("ratelimit"), nothing_left);
    }
    match error.code {
        ErrorCode::Unauthenticated => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        ErrorCode::TooLarge => {
            // The rest of the body is never read, so the connection can't carry another request.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        _ => {}
    }
    response
}
