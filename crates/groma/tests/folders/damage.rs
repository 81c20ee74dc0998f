//! A damaged database is set aside, and Groma starts.

use std::path::Path;

use serde_json::Value;

use crate::harness::Groma;
use crate::journal::{in_order, whole};

#[test]
fn bytes_that_are_no_database() {
    is_set_aside(|file| std::fs::write(file, vec![0xA5; 100_000]).unwrap());
}

#[test]
fn a_page_of_noise() {
    is_set_aside(|file| {
        let mut bytes = std::fs::read(file).unwrap();
        // Every page but the first: whichever SQLite looks at.
        bytes[4096..].fill(0x5A);
        std::fs::write(file, bytes).unwrap();
    });
}

#[test]
fn a_file_cut_short() {
    is_set_aside(|file| {
        let bytes = std::fs::read(file).unwrap();
        std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    });
}

#[test]
fn an_empty_file_begins_a_new_history() {
    let groma = used();
    let before = last(&groma);
    std::fs::write(groma.data_dir().join("groma.db"), "").unwrap();
    begins_anew(&groma, &before);
}

#[test]
fn a_lost_file_begins_a_new_history() {
    let groma = used();
    let before = last(&groma);
    std::fs::remove_file(groma.data_dir().join("groma.db")).unwrap();
    begins_anew(&groma, &before);
}

fn is_set_aside(damage: impl Fn(&Path)) {
    let groma = used();
    let before = last(&groma);
    damage(&groma.data_dir().join("groma.db"));
    begins_anew(&groma, &before);
    let files = std::fs::read_dir(groma.data_dir()).unwrap();
    let mut names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let aside = |name: &String| {
        // What SQLite keeps beside it goes along.
        name.strip_prefix("groma.db.damaged-").is_some_and(|stamp| stamp.parse::<u64>().is_ok())
    };
    let aside = names.find(aside).expect("the damaged file is kept");
    let events = whole(&groma);
    let told = events.iter().find(|event| event["type"] == "groma.system.error").unwrap();
    assert!(told["data"]["message"].as_str().unwrap().contains(&aside), "{told}");
}

/// Returns a folder with a scan in it, held by nobody, all in one file.
fn used() -> Groma {
    let groma = Groma::new();
    groma.scan("9");
    assert_eq!(std::fs::metadata(groma.data_dir().join("groma.db-wal")).map_or(0, |log| log.len()), 0);
    groma
}

/// Returns the newest sequence.
fn last(groma: &Groma) -> String {
    whole(groma).last().unwrap()["sequence"].as_str().unwrap().to_owned()
}

/// Fails the test unless a server starts, works, and tells readers of the old history that it is gone.
#[track_caller]
fn begins_anew(groma: &Groma, before: &str) {
    let _server = groma.serve();
    let mut tail = groma.start(&format!("events tail --follow --after {before} -o ndjson"));
    let mut seen = Vec::new();
    let scan = groma.scan("9");
    tail.until(|event| {
        seen.push(event.clone());
        event["type"] == "groma.network.scan_completed"
    });
    let gap = &seen[0];
    assert_eq!((&gap["type"], &gap["sequence"]), (&"groma.system.stream_gap".into(), &Value::Null), "{gap}");
    assert_eq!(gap["data"]["from"], before);
    in_order(&seen);
    assert!(seen[1]["sequence"].as_str().unwrap() > before, "the new history sorts behind the old one");
    let listed = groma.run("scans list -o json").code(0).json();
    assert_eq!(listed["scans"][0]["id"], scan.as_str());
    assert_eq!(listed["scans"].as_array().unwrap().len(), 1);
}
