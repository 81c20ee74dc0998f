//! New data keys, and everything sealed again: under load, and killed at any moment.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::harness::{Groma, OpenPort};

/// Published before everything is sealed again.
const EVENTS: usize = 8000;
const TYPE: &str = "groma.custom.test.measured";

fn keys(status: &Value) -> Vec<u64> {
    status["keys"].as_array().unwrap().iter().map(|key| key["id"].as_u64().unwrap()).collect()
}

#[test]
fn everything_is_sealed_again_while_scans_run_and_old_keys_are_forgotten_at_the_next_start() {
    let groma = Groma::new();
    for _ in 0..3 {
        groma.scan("9");
    }
    // Something of each kind that is sealed.
    let schema = groma.home.path().join("schema.json");
    std::fs::write(&schema, r#"{"type": "object"}"#).unwrap();
    groma.run(&format!("events types register {TYPE} --schema {}", schema.display())).code(0);
    groma.run(&format!("events publish {TYPE} --data {{}}")).code(0);
    groma.run("consumers put backup").code(0);
    groma.run("webhooks create http://127.0.0.1:9/ --allow-private --after oldest").code(0);
    let port = OpenPort::new();
    groma.scan(&port.number().to_string());
    let server = groma.serve();
    let scans: Vec<_> = (0..4)
        .map(|more| groma.start(&format!("scan network 127.0.0.1 -p 1-{} -o json", 20_000 + more)))
        .collect();
    for round in 2..5_u64 {
        let status = groma.run("keys rotate --reencrypt --wait -o json").code(0).json();
        let work = &status["reencryption"];
        assert_eq!(
            (&work["state"], &work["rows_damaged"], &work["key"]),
            (&"done".into(), &0.into(), &round.into())
        );
        assert_eq!(keys(&status).len() as u64, round, "old keys stay while this process runs");
    }
    for scan in scans {
        scan.end().code(0);
    }
    let events = groma.run("events tail --after oldest --types groma.system.error -o json").code(0).stdout;
    assert!(events.contains("everything is sealed by data key 4"), "it was not told");
    drop(server);
    // A damaged database that somebody may want to rescue: its keys are kept as long as it is there.
    let aside = groma.data_dir().join("groma.db.damaged-1");
    std::fs::write(&aside, "").unwrap();
    let server = groma.serve();
    groma.run("keys rotate --reencrypt --wait").code(0);
    assert_eq!(keys(&groma.run("keys status -o json").code(0).json()), [1, 2, 3, 4, 5]);
    drop(server);
    std::fs::remove_file(aside).unwrap();
    let server = groma.serve();
    // Looked through in the background: nothing is left of the older keys once it says so.
    let status = until(&groma, |status| keys(status) == [5]);
    assert_eq!(status["keys"][0]["current"], true);
    assert!(groma.run("consumers list").code(0).stdout.contains("backup"));
    assert!(groma.run("events types list").code(0).stdout.contains(TYPE));
    let webhooks = groma.run("webhooks list -o json").code(0).json();
    assert_eq!(webhooks["webhooks"][0]["url"], "http://127.0.0.1:9/");
    let id = webhooks["webhooks"][0]["id"].as_str().unwrap();
    assert!(groma.run(&format!("webhooks deliveries {id}")).code(0).stdout.contains("failed"));
    assert_eq!(groma.run("hosts list -o json").code(0).json()["hosts"].as_array().unwrap().len(), 1);
    drop(server);
    assert_eq!(groma.run("scans list -o json").code(0).json()["scans"].as_array().unwrap().len(), 8);
    groma.run("audit -o json").code(0);
}

fn until(groma: &Groma, fits: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    for _ in 0..600 {
        last = groma.run("keys status -o json").code(0).json();
        if fits(&last) {
            return last;
        }
    }
    panic!("it never came: {last}");
}

#[test]
fn a_kill_at_any_moment_loses_nothing() {
    let groma = Groma::new();
    for _ in 0..4 {
        groma.scan("9");
    }
    // So much that most kills come before the end.
    let schema = groma.home.path().join("schema.json");
    std::fs::write(&schema, r#"{"type": "object"}"#).unwrap();
    groma.run(&format!("events types register {TYPE} --schema {}", schema.display())).code(0);
    let events = groma.home.path().join("events.ndjson");
    std::fs::write(&events, "{\"celsius\": 21.5}\n".repeat(EVENTS)).unwrap();
    let mut publish = groma.command(&format!("events publish {TYPE} --file -"));
    let published = publish.stdin(std::fs::File::open(&events).unwrap()).output().unwrap();
    assert!(published.status.success(), "{}", String::from_utf8_lossy(&published.stderr));
    let scans = groma.run("scans list -o json").code(0).json()["scans"].clone();
    // From before anything is open to after everything is done.
    for kill in 0..24_u32 {
        let mut running = groma.start(match kill % 3 {
            0 => "keys rotate --reencrypt --wait -o json",
            1 => "keys status --wait -o json",
            _ => "keys recovery -o json",
        });
        let patience = Duration::from_millis(u64::from(kill) * 12);
        let ended = wait_at_most(&mut running.child, patience);
        if !ended {
            running.signal(Signal::KILL);
        }
        drop(running);
        let shown = groma.run("scans list -o json").code(0).json()["scans"].clone();
        assert_eq!(ids(&shown), ids(&scans), "after kill {kill}");
    }
    let status = groma.run("keys status --wait -o json").code(0).json();
    if let Some(work) = status.get("reencryption") {
        assert_eq!((&work["state"], &work["rows_damaged"]), (&"done".into(), &0.into()));
    }
    let recovery = groma.run("keys recovery").code(0).stdout.trim().to_owned();
    let paper = groma.home.path().join("paper");
    std::fs::write(&paper, recovery).unwrap();
    groma.run(&format!("keys recover --check --recovery-key-file {}", paper.display())).code(0);
    groma.run("audit -o json").code(0);
    let events = groma.run(&format!("events tail --after oldest --types {TYPE} -o ndjson")).code(0).lines();
    assert_eq!(events.len(), EVENTS);
}

fn ids(scans: &Value) -> Vec<&str> {
    scans.as_array().unwrap().iter().map(|scan| scan["id"].as_str().unwrap()).collect()
}

/// Returns whether the process ended by itself in that time.
fn wait_at_most(child: &mut std::process::Child, patience: Duration) -> bool {
    let begun = std::time::Instant::now();
    while begun.elapsed() < patience {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::yield_now();
    }
    false
}
