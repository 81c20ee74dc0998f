//! Output that cannot be written.

use std::fs::File;
use std::process::Stdio;

use crate::harness::Groma;

/// Runs a command whose stdout is a full disk; returns its exit code and what it says.
fn on_a_full_disk(groma: &Groma, words: &[&str]) -> (Option<i32>, String) {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = groma.command("");
    let output = command.args(words).stdout(Stdio::from(full)).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[track_caller]
fn lost((code, stderr): (Option<i32>, String)) {
    assert_eq!(code, Some(74), "{stderr}");
    assert!(stderr.contains("the output could not be written: No space left on device"), "{stderr}");
    assert!(!stderr.contains("report this"), "{stderr}");
}

#[test]
fn lost_output_ends_a_command_and_is_told() {
    let groma = Groma::new();
    lost(on_a_full_disk(&groma, &["exec", "--", "echo", "hi"]));
    // It would go on for an hour.
    let line = "echo hi; exec sleep 3600";
    for format in ["table", "ndjson"] {
        lost(on_a_full_disk(&groma, &["exec", "-o", format, "--shell", line]));
        let newest = groma.newest();
        assert_eq!(newest["status"], "cancelled", "{newest}");
        assert!(newest["error"].as_str().unwrap().contains("could not be written"), "{newest}");
    }
    lost(on_a_full_disk(&groma, &["exec", "-o", "json", "--", "true"]));
}

#[test]
fn lost_output_is_told_wherever_something_is_printed() {
    let groma = Groma::new();
    groma.exec("", "echo hi").code(0);
    let file = groma.home.path().join("plan.yaml");
    std::fs::write(&file, "steps: [{ id: a, request: { command: { type: shell, command: 'echo hi' } } }]")
        .unwrap();
    let file = file.to_str().unwrap();
    for line in ["executions logs last", "executions list", "executions show last", "plan run"] {
        for format in ["table", "json", "ndjson", "csv"] {
            let mut words: Vec<&str> = line.split(' ').chain(["-o", format]).collect();
            words.extend((line == "plan run").then_some(file));
            lost(on_a_full_disk(&groma, &words));
        }
    }
}
