use proptest::prelude::*;

use super::*;

const EVENT: &str = r#"{"specversion":"1.0","id":"01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77","source":"/groma/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b01/network","type":"groma.network.error","subject":"scan/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b02","time":"2026-11-21T15:04:05.000000Z","datacontenttype":"application/json","dataschema":"/schemas/groma.network.error/v1","sequence":"1763740800000-00000000000000000042","data":{"message":"é \"x\""}}"#;

fn message() -> Message {
    let envelope: Envelope = serde_json::from_str(EVENT).unwrap();
    Message {
        id: envelope.id,
        sequence: envelope.sequence,
        event_type: envelope.event_type,
        subject: envelope.subject,
        json: Bytes::from_static(EVENT.as_bytes()),
    }
}

#[test]
fn structured_is_the_event_as_it_is() {
    let written = message().write(WebhookFormat::Structured).unwrap();
    assert_eq!(written.content_type, "application/cloudevents+json");
    assert_eq!(written.body, EVENT.as_bytes());
    assert_eq!(written.headers, []);
}

#[test]
fn binary_is_the_data_with_all_else_in_headers() {
    let written = message().write(WebhookFormat::Binary).unwrap();
    assert_eq!(written.content_type, "application/json");
    assert_eq!(written.body, r#"{"message":"é \"x\""}"#.as_bytes());
    let find =
        |name| written.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    assert_eq!(find("ce-specversion"), Some("1.0"));
    assert_eq!(find("ce-id"), Some("01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77"));
    assert_eq!(find("ce-type"), Some("groma.network.error"));
    assert_eq!(find("ce-subject"), Some("scan/01936b2e-7a10-7c43-9a5e-2f0c8d1e4b02"));
    assert_eq!(find("ce-time"), Some("2026-11-21T15:04:05.000000Z"));
    assert_eq!(find("ce-sequence"), Some("1763740800000-00000000000000000042"));
    assert_eq!(find("ce-dataschema"), Some("/schemas/groma.network.error/v1"));
}

#[test]
fn the_examples_of_the_binding() {
    assert_eq!(encode("Euro € 😀"), "Euro%20%E2%82%AC%20%F0%9F%98%80");
    assert_eq!(encode(r#"50% "x""#), "50%25%20%22x%22");
}

proptest! {
    #[test]
    fn encoded_values_are_printable(value in "\\PC*") {
        prop_assert!(encode(&value).bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'));
    }
}
