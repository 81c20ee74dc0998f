use axum::http::{HeaderMap, header};

use super::{accepts, has_already};

#[test]
fn lists_are_read_with_their_weights() {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ACCEPT,
        "text/html;q=0.9, application/x-ndjson ; q=0.1,image/png;q=0".parse().unwrap(),
    );
    assert!(accepts(&headers, &header::ACCEPT, "text/html"));
    assert!(accepts(&headers, &header::ACCEPT, "application/x-ndjson"));
    assert!(!accepts(&headers, &header::ACCEPT, "image/png"));
    assert!(!accepts(&headers, &header::ACCEPT, "text/plain"));
    assert!(!accepts(&headers, &header::ACCEPT_ENCODING, "gzip"));
}

#[test]
fn tags_are_compared_weakly() {
    let mut headers = HeaderMap::new();
    headers.insert(header::IF_NONE_MATCH, "\"a\", W/\"b\"".parse().unwrap());
    assert!(has_already(&headers, "\"a\""));
    assert!(has_already(&headers, "\"b\""));
    assert!(!has_already(&headers, "\"c\""));
}
