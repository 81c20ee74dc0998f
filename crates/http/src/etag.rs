//! Entity tags of JSON answers: who asks again for what has not changed is told so, and nothing is sent.

use std::fmt::Write;

use axum::body::{Body, HttpBody, to_bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use ring::digest::{SHA256, digest};

use crate::negotiate::has_already;

/// Bytes of the digest that become the tag.
const TAG_BYTES: usize = 16;

/// Tags a whole JSON answer; empties it if the caller has the same already. Streams pass as they are.
///
/// The tag is weak: packed and plain answers have the same.
pub(crate) async fn tag(response: Response, asked: &HeaderMap) -> Response {
    let json = response.headers().get(header::CONTENT_TYPE).is_some_and(|content| {
        content.as_bytes().starts_with(b"application/json")
            || content.as_bytes().starts_with(b"application/schema+json")
    });
    let whole = response.body().size_hint().exact().is_some();
    if !json || !whole || response.status() != StatusCode::OK || response.headers().contains_key(header::ETAG)
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // A body of known length is in memory already.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return Response::from_parts(parts, Body::empty());
    };
    let mut etag = String::with_capacity(TAG_BYTES * 2 + 4);
    etag.push_str("W/\"");
    for byte in digest(&SHA256, &bytes).as_ref().iter().take(TAG_BYTES) {
        // Writing into a String does not fail.
        write!(etag, "{byte:02x}").ok();
    }
    etag.push('"');
    let known = has_already(asked, &etag);
    if let Ok(value) = HeaderValue::from_str(&etag) {
        parts.headers.insert(header::ETAG, value);
    }
    if known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}
