//! What a reader of the journal must have seen.

use serde_json::Value;

use crate::harness::Groma;

/// Returns everything in the journal. It must not be in the middle of anything.
pub(crate) fn whole(groma: &Groma) -> Vec<Value> {
    groma.run("events tail --after oldest --output ndjson").code(0).lines()
}

/// Fails the test unless the events stand in order, each once, and none but control frames lacks its place.
#[track_caller]
pub(crate) fn in_order(events: &[Value]) {
    let sequences: Vec<&str> = events.iter().filter_map(|event| event["sequence"].as_str()).collect();
    assert!(sequences.is_sorted_by(|before, after| before < after), "{sequences:?}");
}

/// Returns the events of a scan with this end of the type.
pub(crate) fn of_scan<'a>(events: &'a [Value], scan: &str, name: &str) -> Vec<&'a Value> {
    let fits = |event: &&Value| {
        event["data"]["scanId"] == scan && event["type"].as_str().is_some_and(|text| text.ends_with(name))
    };
    events.iter().filter(fits).collect()
}

/// Fails the test unless the scan began once, ended once as completed, and looked at so many ports.
#[track_caller]
pub(crate) fn one_whole_scan(events: &[Value], scan: &str, ports: u64) {
    assert_eq!(of_scan(events, scan, ".scan_started").len(), 1, "starts of {scan}");
    let ends = of_scan(events, scan, ".scan_completed");
    let [end] = ends[..] else { panic!("ends of {scan}: {ends:?}") };
    assert_eq!(end["data"]["status"], "completed");
    assert_eq!(end["data"]["results"]["portsScanned"], ports);
    let last = events.iter().rfind(|event| event["data"]["scanId"] == scan).unwrap();
    assert_eq!(last["type"], end["type"], "nothing comes after the end");
    let counted = of_scan(events, scan, ".scan_progress");
    let counted: Vec<u64> =
        counted.iter().map(|event| event["data"]["portsScanned"].as_u64().unwrap()).collect();
    assert!(counted.is_sorted(), "progress went back: {counted:?}");
}
