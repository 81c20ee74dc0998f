//! What the client would like: types, encodings, what it has already.

use axum::body::HttpBody;
use axum::http::{HeaderMap, HeaderName, Response, header};
use tower_http::compression::Predicate;

/// Compresses JSON and pages above 1 KiB, and never a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LargeText;

impl Predicate for LargeText {
    fn should_compress<B: HttpBody>(&self, response: &Response<B>) -> bool {
        let content = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kinds =
            ["application/json", "application/schema+json", "text/html", "text/css", "text/javascript"];
        let text = content.is_some_and(|content| kinds.iter().any(|kind| content.starts_with(kind)));
        text && response.body().size_hint().exact().is_some_and(|bytes| bytes > 1024)
    }
}

/// Returns whether a list header names `wanted` without `q=0`.
pub(crate) fn accepts(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|part| part.eq_ignore_ascii_case(wanted));
        let refused = parts.any(|part| {
            part.strip_prefix("q=")
                .is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0))
        });
        named && !refused
    })
}

/// Returns whether the client has this version already (`If-None-Match`).
pub(crate) fn has_already(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag.strip_prefix("W/").unwrap_or(etag)
    })
}

#[cfg(test)]
mod tests;
