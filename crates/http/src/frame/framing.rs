//! Where a request ends: refused when programs on its way could see that differently (request smuggling).

use axum::http::{HeaderMap, header};
use groma_api::ApiError;

/// Refuses a request whose length can be read in more than one way; the connection it came on is of no more use.
///
/// hyper takes the last coding for what counts, and a proxy in front of us may not.
pub(super) fn unambiguous(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let fine = match (codings.next(), codings.next()) {
        (None, _) => headers.get_all(header::CONTENT_LENGTH).iter().count() <= 1,
        (Some(coding), None) => {
            coding.as_bytes().eq_ignore_ascii_case(b"chunked")
                && !headers.contains_key(header::CONTENT_LENGTH)
        }
        (Some(_), Some(_)) => false,
    };
    if fine {
        return Ok(());
    }
    let detail = "the request's length can be read in more than one way: send one Content-Length, or one Transfer-Encoding: chunked";
    Err(ApiError::invalid("Transfer-Encoding", detail))
}
