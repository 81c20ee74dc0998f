use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;

use crate::harness::Groma;

const NAME: &str = "groma.custom.load.made";

/// Declares a type and publishes events of it.
fn publish(groma: &Groma, count: usize) {
    let schema = groma.home.path().join("schema.json");
    std::fs::write(&schema, "{}").unwrap();
    groma.run(&format!("events types register {NAME} --schema {}", schema.display())).code(0);
    let mut child =
        groma.command(&format!("events publish {NAME} -o ndjson")).stdin(Stdio::piped()).spawn().unwrap();
    let lines: String =
        (0..count).map(|number| format!("{{\"number\":{number},\"x\":\"{}\"}}\n", "x".repeat(200))).collect();
    let mut input = child.stdin.take().unwrap();
    let write = std::thread::spawn(move || input.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    write.join().unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn sequences(lines: &[serde_json::Value]) -> BTreeSet<String> {
    let of_type = lines.iter().filter(|event| event["type"] == NAME);
    of_type.map(|event| event["sequence"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_set_is_shown_and_what_is_dropped_is_in_the_archive() {
    let groma = Groma::new();
    publish(&groma, 100);
    let before = sequences(&groma.run("events tail --after oldest -o ndjson").code(0).lines());
    let none = groma.run("retention archive list").code(0);
    assert!(none.stderr.contains("nothing is archived yet"), "{}", none.stderr);
    let set = groma
        .run("retention set --rule groma.custom.*=1000B --rule kept=90d --archive true --disk-max 1GiB --consumer-expiry 2d -o json")
        .code(0)
        .json();
    assert_eq!(
        (&set["rules"][0]["max_bytes"], &set["disk_max_bytes"]),
        (&1000.into(), &(1_u64 << 30).into())
    );
    assert_eq!(set["consumer_expiry_seconds"], 2 * 86_400);
    assert!(groma.run("retention show").code(0).stdout.contains("groma.custom.* are kept up to 1000 bytes"));
    let run = groma.run("retention run -o json").code(0).json();
    assert!(run["events"].as_u64().unwrap() > 90 && run["archived_files"] == 1, "{run}");
    let left = sequences(&groma.run("events tail --after oldest -o ndjson").code(0).lines());
    let files = groma.run("retention archive list -o ndjson").code(0).lines();
    assert_eq!(files.len(), 1);
    let archived = sequences(&groma.run("retention archive read").code(0).lines());
    assert_eq!(archived.len() as u64, run["events"].as_u64().unwrap());
    assert_eq!(archived.union(&left).cloned().collect::<BTreeSet<_>>(), before);
    let first = before.first().unwrap();
    let told = groma.run(&format!("events tail --after {first} -o ndjson")).code(0).lines();
    assert_eq!(
        (&told[0]["type"], &told[0]["data"]["reason"]),
        (&"groma.system.stream_gap".into(), &"retention".into())
    );
    groma.run("retention set").code(2);
    groma.run("retention set --rule kept=1s").code(2);
    groma.run("retention set --disk-max 1kB").code(2);
}

#[test]
fn a_consumer_holds_what_it_has_not_dealt_with() {
    let groma = Groma::new();
    publish(&groma, 50);
    let all: Vec<String> =
        sequences(&groma.run("events tail --after oldest -o ndjson").code(0).lines()).into_iter().collect();
    let put = groma.run(&format!("consumers put reader --position {} -o json", all[9])).code(0).json();
    assert_eq!(put["behind"], 40);
    groma.run("retention set --rule groma.custom.*=0B").code(0);
    assert_eq!(groma.run("retention run -o json").code(0).json()["events"], 10);
    let policy = groma.run("retention show -o json").code(0).json();
    assert_eq!(policy["held_by"][0], "consumer reader");
    groma.run(&format!("consumers put reader --position {}", all[5])).code(6);
    assert_eq!(groma.run("consumers list -o ndjson").code(0).lines()[0]["name"], "reader");
    groma.run("consumers delete reader").code(0);
    groma.run("consumers delete reader").code(4);
    groma.run("consumers put a/b").code(2);
    assert_eq!(groma.run("retention run -o json").code(0).json()["events"], 39);
}

#[test]
fn a_process_killed_while_it_drops_events_loses_none() {
    let groma = Groma::new();
    publish(&groma, 6000);
    let before = sequences(&groma.run("events tail --after oldest -o ndjson").code(0).lines());
    assert_eq!(before.len(), 6000);
    groma.run("retention set --rule groma.custom.*=0B --archive true").code(0);
    for pause in [20, 60, 120, 200] {
        let server = groma.serve();
        let mut run = groma.start("retention run");
        #[expect(clippy::disallowed_methods, reason = "not a wait for something: the moment is to be any")]
        std::thread::sleep(Duration::from_millis(pause));
        server.running.signal(Signal::KILL);
        let _ = run.child.wait();
        drop(server);
        let left = sequences(&groma.run("events tail --after oldest -o ndjson").code(0).lines());
        let archived = sequences(&groma.run("retention archive read").code(0).lines());
        assert_eq!(
            archived.union(&left).cloned().collect::<BTreeSet<_>>(),
            before,
            "killed after {pause} ms"
        );
    }
    groma.run("retention run").code(0);
    let left = sequences(&groma.run("events tail --after oldest -o ndjson").code(0).lines());
    assert_eq!(left.len(), 1);
}
