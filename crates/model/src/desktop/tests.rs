use std::sync::Arc;

use serde_json::value::to_raw_value;

use super::*;
use crate::{EventId, Timestamp};

const SCAN: &str = "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77";

fn emitted(event_type: &str, data: &Value) -> Value {
    payload(&Envelope {
        specversion: "1.0".to_owned(),
        id: EventId::now(),
        source: "/groma/n/d".to_owned(),
        event_type: event_type.to_owned(),
        subject: None,
        time: Timestamp::UNIX_EPOCH,
        datacontenttype: "application/json".to_owned(),
        dataschema: format!("/schemas/{event_type}/v1"),
        sequence: None,
        data: Arc::from(to_raw_value(data).unwrap()),
    })
}

#[test]
fn a_network_scan_that_starts_is_understood_by_listeners_of_both_documents() {
    let data = json!({
        "scanId": SCAN,
        "targets": ["10.0.0.0/30"],
        "ports": "22",
        "options": {
            "profile": "normal", "engine": "connect", "discovery": true, "concurrency": 100,
            "timeoutMs": 1000, "retries": 1, "services": false, "os": false
        },
        "timestamp": "2026-11-21T18:00:00.000000Z"
    });
    let mut expected = data.clone();
    let fields = expected.as_object_mut().unwrap();
    for (name, value) in [
        ("scan_id", json!(SCAN)),
        ("scanType", json!("full")),
        ("accounts", json!([])),
        ("regions", json!([])),
        ("services", json!([])),
        ("startedAt", json!("2026-11-21T18:00:00.000000Z")),
    ] {
        fields.insert(name.to_owned(), value);
    }
    expected["options"]["timeout_ms"] = json!(1000);
    assert_eq!(emitted("groma.network.scan_started", &data), expected);
}

#[test]
fn progress_of_a_network_scan_carries_what_both_documents_name() {
    let data = json!({
        "scanId": SCAN, "hostsScanned": 1, "totalHosts": 4, "portsScanned": 30, "totalPorts": 120,
        "elapsedMs": 61_500, "estimatedRemainingMs": 900, "timestamp": "2026-11-21T18:00:00Z"
    });
    let expected = json!({
        "scanId": SCAN, "hostsScanned": 1, "totalHosts": 4, "portsScanned": 30, "totalPorts": 120,
        "elapsedMs": 61_500, "estimatedRemainingMs": 900, "timestamp": "2026-11-21T18:00:00Z",
        "scan_id": SCAN, "hosts_scanned": 1, "total_hosts": 4, "ports_scanned": 30, "total_ports": 120,
        "elapsed_time": 61_500, "estimated_remaining": 900,
        "status": "running", "elapsedSeconds": 61,
        "accounts": [], "regions": [], "services": [],
        "progress": {
            "totalServices": 120, "completedServices": 30, "resourcesFound": 0, "percentComplete": 25.0
        }
    });
    assert_eq!(emitted("groma.network.scan_progress", &data), expected);
}

#[test]
fn other_network_events_carry_the_older_names_in_their_fixed_parts() {
    let host = emitted("groma.network.host_discovered", &json!({"host": "10.0.0.1", "responseTimeMs": 1.5}));
    assert_eq!(host, json!({"host": "10.0.0.1", "responseTimeMs": 1.5, "response_time": 1.5}));
    let end = emitted(
        "groma.network.scan_completed",
        &json!({"durationMs": 7, "results": {"hostsUp": 1, "href": "/"}}),
    );
    assert_eq!(end["duration"], 7);
    assert_eq!(end["results"], json!({"hostsUp": 1, "hosts_up": 1, "href": "/"}));
    let error = emitted("groma.network.error", &json!({"errorType": "internal", "context": {"aB": "c"}}));
    assert_eq!(error, json!({"errorType": "internal", "error_type": "internal", "context": {"aB": "c"}}));
}

#[test]
fn data_of_other_domains_is_as_it_is() {
    let data = json!({"vmId": SCAN, "vmName": "a", "timestamp": 1});
    assert_eq!(emitted("groma.vm.created", &data), data);
    assert_eq!(emitted("groma.custom.lab.door_opened", &data), data);
}

#[test]
fn names_are_those_of_the_documents() {
    assert_eq!(name("groma.vm.state_changed"), Some("vm-state-changed"));
    assert_eq!(name("groma.network.error"), Some("network_error"));
    assert_eq!(name("groma.execution.stderr"), Some("execution_output"));
    assert_eq!(name("groma.execution.output_advanced"), None);
    assert_eq!(name("groma.unheard.of"), None);
}
