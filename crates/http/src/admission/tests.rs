use axum::http::HeaderMap;
use proptest::prelude::*;

use super::{bearer, cookie};

#[test]
fn a_bearer_is_found() {
    assert_eq!(bearer("Bearer abc"), Some("abc"));
    assert_eq!(bearer("bearer  abc "), Some("abc"));
    for wrong in ["", "Bearer", "Bearer ", "Basic abc", "abc"] {
        assert_eq!(bearer(wrong), None, "{wrong}");
    }
}

#[test]
fn a_cookie_is_found_by_its_whole_name() {
    let mut headers = HeaderMap::new();
    headers.append("cookie", "xgroma_session=1; groma_session2=2; groma_session=".parse().unwrap());
    assert_eq!(cookie(&headers, "groma_session"), None);
    headers.append("cookie", "a=b;groma_session=3".parse().unwrap());
    assert_eq!(cookie(&headers, "groma_session"), Some("3"));
}

proptest! {
    #[test]
    fn any_header_is_read(text in "[ -~]{0,80}") {
        bearer(&text);
        let mut headers = HeaderMap::new();
        if let Ok(value) = text.parse() {
            headers.insert("cookie", value);
        }
        cookie(&headers, "groma_session");
    }
}
