use crate::harness::{Groma, OpenPort};

#[test]
fn what_was_read_is_listed() {
    let groma = Groma::new();
    assert!(groma.run("coverage").code(0).stderr.contains("groma scan network"));
    let port = OpenPort::new();
    let scan = groma.scan(&port.number().to_string());
    let coverage = groma.run("coverage -o json").code(0).json();
    let slices = coverage["slices"].as_array().unwrap();
    assert!(!slices.is_empty(), "{coverage}");
    assert!(slices.iter().all(|slice| slice["scan"] == scan.as_str()), "{coverage}");
    assert!(groma.run("coverage").code(0).stdout.contains("network."));
    assert_eq!(groma.run("coverage --state denied -o ndjson").code(0).stdout, "");
    assert!(groma.run("coverage --type aws.*").code(0).stderr.contains("no part"));
}
