//! Asking for events: queries, and the messages of the WebSocket.

use groma_api::{EventQuery, HistoryQuery, HostQuery, ScanQuery, StreamRequest};

/// Reads a query string as each of those that there are.
pub(crate) fn query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(query) = serde_urlencoded::from_str::<EventQuery>(text) {
        let _ = (query.filter(), query.start());
        let written = serde_urlencoded::to_string(&query).unwrap();
        assert_eq!(serde_urlencoded::from_str::<EventQuery>(&written).unwrap(), query);
    }
    if let Ok(query) = serde_urlencoded::from_str::<HistoryQuery>(text) {
        if let Ok(limit) = query.limit() {
            assert!((1..=HistoryQuery::LIMIT_MAX as usize).contains(&limit));
        }
        if let Ok(filter) = query.filter() {
            assert!(filter.types.len() <= 50);
        }
        let written = serde_urlencoded::to_string(&query).unwrap();
        assert_eq!(serde_urlencoded::from_str::<HistoryQuery>(&written).unwrap(), query);
    }
    let _ = serde_urlencoded::from_str::<ScanQuery>(text);
    let _ = serde_urlencoded::from_str::<HostQuery>(text);
}

/// Reads a message of the WebSocket.
pub(crate) fn request(data: &[u8]) {
    let Ok(request) = serde_json::from_slice::<StreamRequest>(data) else { return };
    let written = serde_json::to_vec(&request).unwrap();
    assert_eq!(serde_json::from_slice::<StreamRequest>(&written).unwrap(), request);
}

pub(crate) fn query_seeds() -> Vec<Vec<u8>> {
    crate::texts([
        "types=groma.network.*,groma.vm.*&subject=scan/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77&after=oldest",
        "after=1763740800000-00000000000000000042&follow=false",
        "since=2026-11-21T15:04:05Z&until=2026-11-21T15:04:06Z&limit=1000",
        "active=true&status=running&limit=7&cursor=a%2Bb%2F%C3%A4%26c",
    ])
}

pub(crate) fn request_seeds() -> Vec<Vec<u8>> {
    crate::texts([
        r#"{"type":"subscribe","id":"a","types":["groma.*"],"subject":"scan/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77","after":"oldest"}"#,
        r#"{"type":"unsubscribe","id":"\u00e4"}"#,
        r#"{"type":"ack","id":"a","sequence":"1763740800000-00000000000000000042"}"#,
    ])
}
