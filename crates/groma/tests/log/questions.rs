//! The questions of `docs/logging.md`, asked as its filters ask them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::{Groma, OpenPort};

const PROGRESS: &str = "groma.network.scan_progress";

/// Scans once with a log of every event; returns the scan's id.
fn scan(groma: &Groma, log: &Path, ports: &str) -> String {
    let mut command = groma.command(&format!("scan network 127.0.0.1 -p {ports} -o json"));
    command.env("GROMA_LOG_FORMAT", "json").env("GROMA_LOG_FILE", log);
    let output = command.env("GROMA_LOG_LEVEL", "groma::events=debug").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    document["scan"]["id"].as_str().unwrap().to_owned()
}

/// A log of two scans.
fn scanned() -> (Groma, PathBuf, [String; 2]) {
    let groma = Groma::new();
    let log = groma.home.path().join("logs/groma.log");
    let open = OpenPort::new();
    let first = scan(&groma, &log, &format!("1-200,{}", open.number()));
    let second = scan(&groma, &log, "1-5");
    (groma, log, [first, second])
}

fn lines(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

/// `select(.subject == "scan/ID")`
fn of_scan<'a>(lines: &'a [Value], id: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["subject"] == format!("scan/{id}")).collect()
}

/// `select(.event_type == TYPE)`
fn of_type<'a>(lines: &[&'a Value], event_type: &str) -> Vec<&'a Value> {
    lines.iter().copied().filter(|line| line["event_type"] == event_type).collect()
}

#[test]
fn what_happened_in_one_scan() {
    let (groma, log, ids) = scanned();
    let lines = lines(&log);
    for id in &ids {
        let told: Vec<&str> =
            of_scan(&lines, id).iter().map(|line| line["sequence"].as_str().unwrap()).collect();
        let journal = groma.run(&format!("events tail --after oldest --subject scan/{id} -o ndjson")).code(0);
        let kept = journal.lines().into_iter().filter(|event| event["type"] != PROGRESS);
        let mut count = 0;
        for event in kept {
            assert!(told.contains(&event["sequence"].as_str().unwrap()), "not logged: {event}");
            count += 1;
        }
        assert!(count >= 2, "a scan begins and ends");
    }
}

#[test]
fn how_a_scan_went_forward() {
    let (_groma, log, [id, _]) = scanned();
    let lines = lines(&log);
    let mine = of_scan(&lines, &id);
    let times = |event_type: &str| -> Vec<&str> {
        of_type(&mine, event_type).iter().map(|line| line["timestamp"].as_str().unwrap()).collect()
    };
    let (begun, moved, ended) =
        (times("groma.network.scan_started"), times(PROGRESS), times("groma.network.scan_completed"));
    assert_eq!((begun.len(), ended.len()), (1, 1));
    assert!(!moved.is_empty());
    // RFC 3339 in UTC sorts as text.
    let all = [begun, moved, ended].concat();
    assert!(all.is_sorted(), "{all:?}");
}

#[test]
fn what_is_logged_of_an_event_is_ids_alone() {
    let (_groma, log, _) = scanned();
    let lines = lines(&log);
    let events: Vec<&Value> = lines.iter().filter(|line| line["target"] == "groma::events").collect();
    assert!(!events.is_empty());
    for line in events {
        let mut fields: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
        fields.retain(|field| *field != "subject");
        fields.sort_unstable();
        assert_eq!(fields, ["event_type", "level", "message", "sequence", "target", "timestamp"], "{line}");
        assert!(!line.to_string().contains("127.0.0.1"), "{line}");
    }
}

#[test]
fn progress_is_logged_for_debugging_alone() {
    let groma = Groma::new();
    let log = groma.home.path().join("groma.log");
    let mut command = groma.command("scan network 127.0.0.1 -p 1-200");
    command.env("GROMA_LOG_FORMAT", "json").env("GROMA_LOG_FILE", &log);
    assert!(command.env("RUST_LOG", "groma::events=info").output().unwrap().status.success());
    let lines = lines(&log);
    let all: Vec<&Value> = lines.iter().collect();
    assert_eq!(of_type(&all, "groma.network.scan_completed").len(), 1);
    assert!(of_type(&all, PROGRESS).is_empty());
}

#[test]
fn the_page_shows_what_is_asked_here() {
    let page = include_str!("../../../../docs/logging.md");
    for text in [".subject == ", PROGRESS, "groma::events=debug", "select(.event_type"] {
        assert!(page.contains(text), "docs/logging.md no longer shows `{text}`");
    }
}
