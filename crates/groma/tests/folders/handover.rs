//! A folder's holder ends, in order or not, and somebody else goes on.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::harness::{Groma, Running};
use crate::journal::{in_order, of_scan, one_whole_scan, whole};

const PORTS: u64 = 1200;
/// Some six seconds.
const SCAN: &str = "scan network 127.0.0.1 -p 1-1200 --max-rate 200 -o ndjson";
const TAIL: &str = "events tail --follow --after oldest -o ndjson";

#[test]
fn whoever_is_left_goes_on_with_the_scan() {
    let groma = Groma::new();
    let mut first = groma.start(SCAN);
    first.until(|line| line["kind"] == "host");
    assert_eq!(holder(&groma), first.child.id());
    let mut second = groma.start(SCAN);
    second.says("is running already");
    let mut tail = Reader::new(groma.start(TAIL));
    let scan = tail.until(|event| event["type"] == "groma.network.scan_started")["data"]["scanId"].clone();
    let scan = scan.as_str().unwrap();
    tail.progress(scan, 100);
    drop(first); // SIGKILL

    // One of the two takes the folder; the other finds it.
    tail.progress(scan, 400);
    let taken_by = holder(&groma);
    let survivor = if taken_by == second.child.id() {
        drop(second); // SIGKILL
        &mut tail
    } else {
        assert_eq!(taken_by, tail.running.child.id());
        tail.running.signal(Signal::KILL);
        let end = second.until(|line| line["kind"] == "scan");
        assert_eq!(end["scan"]["id"], scan);
        second.end().code(0);
        let events = whole(&groma);
        in_order(&events);
        one_whole_scan(&events, scan, PORTS);
        return;
    };
    survivor.until(|event| event["type"] == "groma.network.scan_completed");
    assert_eq!(holder(&groma), survivor.running.child.id());
    in_order(&survivor.seen);
    one_whole_scan(&survivor.seen, scan, PORTS);
}

#[test]
fn a_server_takes_over_what_a_command_began() {
    let groma = Groma::new();
    let mut command = groma.start(SCAN);
    command.until(|line| line["kind"] == "host");
    let mut tail = Reader::new(groma.start(TAIL));
    let scan = tail.until(|event| event["type"] == "groma.network.scan_started")["data"]["scanId"].clone();
    let scan = scan.as_str().unwrap();
    tail.progress(scan, 100);
    // While it is held still, the reader cannot be the one who takes the folder.
    tail.running.signal(Signal::STOP);
    command.signal(Signal::TERM);
    let left = command.end().code(130);
    assert!(left.stderr.contains("goes on with it"), "{}", left.stderr);
    let server = groma.serve();
    tail.running.signal(Signal::CONT);
    tail.until(|event| event["type"] == "groma.network.scan_completed");
    assert_eq!(holder(&groma), server.running.child.id());
    in_order(&tail.seen);
    one_whole_scan(&tail.seen, scan, PORTS);
    assert_eq!(tail.seen, whole(&groma), "the reader saw what is there");
}

#[test]
fn a_stopped_server_goes_on_with_its_scans_at_the_next_start() {
    let groma = Groma::new();
    let server = groma.serve();
    let scan = groma
        .run("scan network 127.0.0.1 -p 1-1200 --max-rate 300 --detach")
        .code(0)
        .stdout
        .trim()
        .to_owned();
    let mut tail = Reader::new(groma.start(TAIL));
    tail.progress(&scan, 100);
    // As above.
    tail.running.signal(Signal::STOP);
    server.running.signal(Signal::TERM);
    server.running.end().code(0);
    let between = std::fs::read_to_string(groma.data_dir().join("groma.lock")).unwrap();
    assert_eq!(between, "", "nobody holds the folder");
    let server = groma.serve();
    tail.running.signal(Signal::CONT);
    tail.until(|event| event["type"] == "groma.network.scan_completed");
    in_order(&tail.seen);
    one_whole_scan(&tail.seen, &scan, PORTS);
    drop(server);
}

#[test]
fn a_killed_server_goes_on_with_its_scans_at_the_next_start() {
    let groma = Groma::new();
    let mut server = groma.serve();
    let scan = groma
        .run("scan network 127.0.0.1 -p 1-1200 --max-rate 300 --detach")
        .code(0)
        .stdout
        .trim()
        .to_owned();
    for looked_at in [200, 500] {
        let mut tail = Reader::new(groma.start(TAIL));
        tail.progress(&scan, looked_at);
        tail.running.signal(Signal::KILL);
        drop(tail);
        drop(server); // SIGKILL
        server = groma.serve();
    }
    let mut tail = Reader::new(groma.start(TAIL));
    tail.until(|event| event["type"] == "groma.network.scan_completed");
    in_order(&tail.seen);
    one_whole_scan(&tail.seen, &scan, PORTS);
    drop(server);
}

#[test]
fn a_second_ctrl_c_ends_a_scan_at_once_and_the_next_process_goes_on_with_it() {
    let groma = Groma::new();
    let mut command = groma.start("scan network 127.0.0.1 -p 1-1200 --max-rate 300 -o ndjson");
    command.until(|line| line["kind"] == "host");
    command.signal(Signal::INT);
    command.says("stopping");
    command.signal(Signal::INT);
    let ended = command.end();
    // 3 if it had stopped in order already.
    assert!(matches!(ended.code, 3 | 130), "{ended:?}");
    let _server = groma.serve();
    let mut tail = Reader::new(groma.start(TAIL));
    let end = tail.until(|event| event["type"] == "groma.network.scan_completed");
    let scan = end["data"]["scanId"].as_str().unwrap();
    in_order(&tail.seen);
    assert_eq!(of_scan(&tail.seen, scan, ".scan_started").len(), 1);
}

/// A `groma events tail` and what it has printed.
struct Reader {
    running: Running,
    seen: Vec<Value>,
}

impl Reader {
    const fn new(running: Running) -> Self {
        Self { running, seen: Vec::new() }
    }

    #[track_caller]
    fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        self.running.until(|event| {
            self.seen.push(event.clone());
            fits(event)
        })
    }

    /// Waits until a scan has looked at so many ports.
    #[track_caller]
    fn progress(&mut self, scan: &str, ports: u64) {
        self.until(|event| {
            event["type"] == "groma.network.scan_progress"
                && event["data"]["scanId"] == scan
                && event["data"]["portsScanned"].as_u64().unwrap() >= ports
        });
    }
}

/// Returns the process that says it holds the folder.
fn holder(groma: &Groma) -> u32 {
    let text = std::fs::read_to_string(groma.data_dir().join("groma.lock")).unwrap();
    let holder: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: `{text}`"));
    let pid = holder["pid"].as_u64().unwrap().try_into().unwrap();
    kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), Signal::CONT).expect("it is alive");
    pid
}
