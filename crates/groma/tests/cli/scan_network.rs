use std::io::Write;

use rustix::process::Signal;

use crate::harness::{Groma, OpenPort};

/// Slow enough not to end while a test looks at it.
const SLOW: &str = "scan network 127.0.0.1 -p 1-5000 --max-rate 50 -o ndjson";

#[test]
fn an_open_port_is_found_and_printed_in_every_form() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    let number = port.number();
    let line = format!("scan network 127.0.0.1 -p {number}");
    let table = groma.run(&line).code(0);
    assert!(table.stdout.contains(&format!("{number}/tcp")), "{}", table.stdout);
    assert!(table.stderr.contains("1 open ports"), "{}", table.stderr);

    let json = groma.run(&format!("{line} -o json")).code(0).json();
    assert_eq!(json["hosts"][0]["ports"][0]["port"], number);
    assert_eq!(json["scan"]["status"], "completed");

    let csv = groma.run(&format!("{line} -o csv")).code(0);
    let row = csv.stdout.lines().nth(1).unwrap().to_owned();
    assert!(row.starts_with("127.0.0.1,") && row.contains(&format!("{number}/tcp,open")), "{row}");

    let lines = groma.run(&format!("{line} -o ndjson")).code(0).lines();
    let kinds: Vec<&str> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["host", "port", "scan"]);
    assert_eq!(lines[1]["port"], number);
}

#[test]
fn targets_are_read_from_files() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "# ours\n127.0.0.1, 127.0.0.2").unwrap();
    let scanned = groma.run(&format!(
        "scan network @{} --exclude 127.0.0.2 -p {} -o json",
        file.path().display(),
        port.number()
    ));
    assert_eq!(scanned.code(0).json()["hosts"].as_array().unwrap().len(), 1);
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let groma = Groma::new();
    let checked = groma.run("scan network 10.1.0.0/24 -p 1-10 --dry-run -o json").code(0).json();
    assert_eq!((&checked["valid"], &checked["ports"]), (&true.into(), &10.into()));
    assert_eq!(groma.run("scans list -o json").code(0).json()["scans"].as_array().unwrap().len(), 0);
}

#[test]
fn what_may_not_be_scanned_is_refused() {
    let groma = Groma::new();
    let refused = groma.run("scan network 8.8.8.8 -p 53").code(5);
    assert!(refused.stderr.contains("--allow-public"), "{}", refused.stderr);
    groma.run("scan network 10.1.0.0/64 -p 53").code(2);
    groma.run("scan network 127.0.0.1 -p 70000").code(2);
    groma.run("scan network @/nowhere/targets").code(2);
}

#[test]
fn ctrl_c_keeps_what_was_found_and_says_how_to_go_on() {
    let groma = Groma::new();
    let mut scan = groma.start(SLOW);
    let host = scan.until(|line| line["kind"] == "host");
    scan.signal(Signal::INT);
    let ended = scan.end().code(3);
    let id = host["scan_id"].as_str().unwrap();
    assert!(ended.stderr.contains(&format!("groma scans resume {id}")), "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("groma scans discard {id}")), "{}", ended.stderr);
    let shown = groma.run(&format!("scans show {id} -o json")).code(0).json();
    assert_eq!((&shown["scan"]["status"], &shown["scan"]["partial"]), (&"cancelled".into(), &true.into()));
    assert_eq!(shown["hosts"][0]["address"], "127.0.0.1");

    groma.run(&format!("scans discard {id}")).code(0);
    let hosts = groma.run("hosts list -o json").code(0).json();
    assert_eq!(hosts["hosts"].as_array().unwrap().len(), 0);
}

#[test]
fn sigterm_leaves_the_scan_to_the_next_process() {
    let groma = Groma::new();
    let mut scan = groma.start("scan network 127.0.0.1 -p 1-400 --max-rate 100 -o ndjson");
    let host = scan.until(|line| line["kind"] == "host");
    scan.signal(Signal::TERM);
    scan.end().code(130);
    let id = host["scan_id"].as_str().unwrap();
    let shown = groma.run(&format!("scans show {id} -o json")).code(0).json();
    assert_eq!(shown["scan"]["status"], "running");
    // Whoever stays takes it up again.
    let mut tail = groma.start(&format!("events tail --follow --after oldest --subject scan/{id} -o ndjson"));
    let end = tail.until(|event| event["type"] == "groma.network.scan_completed");
    assert_eq!(end["data"]["success"], true);
    assert_eq!(end["data"]["results"]["portsScanned"], 400);
}

#[test]
fn a_scan_is_left_to_a_server_or_to_a_process_of_its_own() {
    let (groma, port) = (Groma::new(), OpenPort::new());
    let line = format!("scan network 127.0.0.1 -p {} --detach", port.number());
    let id = groma.run(&line).code(0).stdout.trim().to_owned();
    let mut tail = groma.start(&format!("events tail --follow --after oldest --subject scan/{id} -o ndjson"));
    tail.until(|event| event["type"] == "groma.network.scan_completed");
    drop(tail);
    let _server = groma.serve();
    let id = groma.run(&line).code(0).stdout.trim().to_owned();
    let mut tail = groma.start(&format!("events tail --follow --after oldest --subject scan/{id} -o ndjson"));
    tail.until(|event| event["type"] == "groma.network.scan_completed");
}

#[test]
fn the_same_scan_is_watched_instead_of_doubled() {
    let groma = Groma::new();
    let _server = groma.serve();
    let mut first = groma.start(SLOW);
    let id = first.until(|line| line["kind"] == "host")["scan_id"].clone();
    let mut second = groma.start(SLOW);
    assert_eq!(second.until(|line| line["kind"] == "host")["scan_id"], id);
    groma.run(&format!("scans cancel {} --reason enough", id.as_str().unwrap())).code(0);
    first.end().code(3);
    second.end().code(3);
}
