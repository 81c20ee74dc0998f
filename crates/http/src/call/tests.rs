use groma_api::{EventQuery, ScanRequest, StreamRequest, TokenRequest};
use proptest::prelude::*;

use super::{parse, query};

#[test]
fn a_field_at_fault_is_named() {
    let error = parse::<TokenRequest>("token_create", br#"{"name": "x", "scopes": [1]}"#).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("scopes[0]"));
    let error = query::<EventQuery>("types=a&colour=1").unwrap_err();
    assert_eq!(error.field.as_deref(), Some("colour"));
    let error = query::<EventQuery>("follow=perhaps").unwrap_err();
    assert_eq!(error.field.as_deref(), Some("follow"));
    assert_eq!(query::<EventQuery>("types=a%2Cb&").unwrap().types.as_deref(), Some("a,b"));
}

#[test]
fn deep_nesting_is_an_error_and_nothing_worse() {
    let deep = "[".repeat(100_000);
    assert!(parse::<serde_json::Value>("any", deep.as_bytes()).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _: Result<ScanRequest, _> = parse("scan_start", &bytes);
        let _: Result<StreamRequest, _> = parse("events_ws", &bytes);
    }

    #[test]
    fn any_query_is_read_or_refused(text in "\\PC{0,80}") {
        let _: Result<EventQuery, _> = query(&text);
    }
}
