//! One event of each type as it travels, byte for byte what outside programs rely on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use groma_model::{DeliveryClass, Envelope, EventType, Payload};
use serde_json::Value;
use serde_json::value::to_raw_value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn read(event_type: &EventType) -> String {
    let path = folder().join(format!("{}.json", event_type.name));
    std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{} has no golden event: {}: {error}", event_type.name, path.display())
    })
}

#[test]
fn each_type_has_one() {
    let known: BTreeSet<String> = EventType::ALL.iter().map(|known| format!("{}.json", known.name)).collect();
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, known);
}

#[test]
fn each_is_read_and_written_without_a_difference() {
    for event_type in EventType::ALL {
        let text = read(event_type);
        let golden: Value = serde_json::from_str(&text).unwrap();
        let envelope: Envelope = serde_json::from_str(&text).unwrap();
        let payload = envelope
            .payload()
            .expect("a known type")
            .unwrap_or_else(|error| panic!("{}: {error}", event_type.name));
        assert_eq!(payload.event_type(), *event_type);
        let data = serde_json::to_value(&payload).unwrap();
        assert_eq!(data, golden["data"], "{}: data", event_type.name);
        // The order of fields is that of the documents, too.
        let as_written = serde_json::to_string(&payload).unwrap();
        assert_eq!(as_written, compact(envelope.data.get()), "{}: data as text", event_type.name);
        assert_eq!(serde_json::to_value(&envelope).unwrap(), golden, "{}: envelope", event_type.name);
    }
}

/// Returns JSON without white space outside of texts, its fields in their order.
fn compact(json: &str) -> String {
    let (mut out, mut in_text, mut escaped) = (String::new(), false, false);
    for letter in json.chars() {
        if in_text {
            (in_text, escaped) = (escaped || letter != '"', !escaped && letter == '\\');
        } else if letter == '"' {
            in_text = true;
        } else if letter.is_ascii_whitespace() {
            continue;
        }
        out.push(letter);
    }
    out
}

#[test]
fn envelopes_say_what_the_table_says() {
    for event_type in EventType::ALL {
        let envelope: Envelope = serde_json::from_str(&read(event_type)).unwrap();
        assert_eq!(envelope.event_type, event_type.name);
        assert_eq!(envelope.dataschema, event_type.schema_path());
        assert!(envelope.source.ends_with(&format!("/{}", event_type.domain)), "{}", envelope.source);
        assert_eq!(envelope.sequence.is_some(), event_type.class.journaled(), "{}", event_type.name);
    }
}

#[test]
fn codes_and_names_are_unique_and_codes_belong_to_their_domain() {
    let codes: BTreeSet<u16> = EventType::ALL.iter().map(|known| known.code).collect();
    let names: BTreeSet<&str> = EventType::ALL.iter().map(|known| known.name).collect();
    assert_eq!((codes.len(), names.len()), (EventType::ALL.len(), EventType::ALL.len()));
    for known in EventType::ALL {
        let block = match known.domain {
            "system" => 0,
            "network" => 1,
            "estate" => 2,
            "vm" => 3,
            "execution" => 4,
            other => panic!("no block of codes for `{other}`"),
        };
        assert_eq!(known.code / 100, block, "{}", known.name);
    }
}

#[test]
fn classes_are_those_of_the_contract() {
    let of = |class| {
        let mut names: Vec<_> =
            EventType::ALL.iter().filter(|known| known.class == class).map(|known| known.name).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(
        of(DeliveryClass::Latest),
        [
            "groma.estate.scan_progress",
            "groma.execution.output_advanced",
            "groma.execution.progress",
            "groma.network.scan_progress",
            "groma.vm.stats_updated",
        ]
    );
    assert_eq!(of(DeliveryClass::Expanded), ["groma.execution.stderr", "groma.execution.stdout"]);
    assert_eq!(
        of(DeliveryClass::Control),
        ["groma.system.stream_gap", "groma.system.stream_merged", "groma.system.webhook_test"]
    );
}

#[test]
fn an_execution_or_a_plan_is_told_of_never_both() {
    let decode = |data: Value| {
        Payload::decode("groma.execution.progress", &to_raw_value(&data).unwrap()).expect("a known type")
    };
    let id = "01936b30-4c2a-7f19-b6d8-0a9e3c5f7d12";
    let counts = |mut data: Value| {
        data["completed"] = 1.into();
        data["total"] = 2.into();
        data["percentComplete"] = 50.0.into();
        data
    };
    assert!(decode(counts(serde_json::json!({"executionId": id}))).is_ok());
    assert!(decode(counts(serde_json::json!({"planId": id}))).is_ok());
    assert!(decode(counts(serde_json::json!({"executionId": id, "planId": id}))).is_err());
    assert!(decode(counts(serde_json::json!({}))).is_err());
}

#[test]
fn always_there_but_null_is_not_left_out() {
    for (name, field) in [
        ("groma.vm.connection_status_changed", "error"),
        ("groma.vm.guest_agent_connected", "agentVersion"),
        ("groma.system.error", "context"),
    ] {
        let mut golden: Value = serde_json::from_str(&read(EventType::from_name(name).unwrap())).unwrap();
        golden["data"][field] = Value::Null;
        let payload = Payload::decode(name, &to_raw_value(&golden["data"]).unwrap()).unwrap().unwrap();
        assert_eq!(serde_json::to_value(&payload).unwrap()[field], Value::Null);
        assert!(
            serde_json::to_value(&payload).unwrap().as_object().unwrap().contains_key(field),
            "{name}.{field}"
        );
    }
}

#[test]
fn the_desktop_adds_to_data_and_changes_nothing() {
    for event_type in EventType::ALL {
        let envelope: Envelope = serde_json::from_str(&read(event_type)).unwrap();
        let data: Value = serde_json::from_str(envelope.data.get()).unwrap();
        let emitted = groma_model::desktop::payload(&envelope);
        for (name, value) in data.as_object().unwrap() {
            let kept = &emitted[name];
            let parts_grow = ["options", "results", "service"].contains(&name.as_str()) && value.is_object();
            if parts_grow {
                let grown = value.as_object().unwrap().iter().all(|(inner, value)| kept[inner] == *value);
                assert!(grown, "{}.{name}: {kept}", event_type.name);
            } else {
                assert_eq!(kept, value, "{}.{name}", event_type.name);
            }
        }
        assert_eq!(event_type.domain == "network", emitted != data, "{}", event_type.name);
    }
}

#[test]
fn listeners_of_document_000_understand_network_scans_on_the_desktop() {
    let emitted = |name: &str| {
        let text = read(EventType::from_name(name).unwrap());
        groma_model::desktop::payload(&serde_json::from_str(&text).unwrap())
    };
    let started: groma_model::estate::ScanStarted =
        serde_json::from_value(emitted("groma.network.scan_started")).unwrap();
    assert!(started.services.is_empty());
    let progress: groma_model::estate::ScanProgress =
        serde_json::from_value(emitted("groma.network.scan_progress")).unwrap();
    assert_eq!((progress.progress.percent_complete, progress.elapsed_seconds), (50.0, 2));
}
