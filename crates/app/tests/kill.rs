//! A process that scans and emits is killed a thousand times, at random moments. Afterwards every event that a reader
//! saw is there with the same sequence, changes add up to the rows, and no scan runs for ever.
//!
//! The test starts itself as the victim. `GROMA_KILLS` sets how often it is killed.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that fails to do its part fails, and its victim speaks on standard output"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use groma_api::{
    Backend, CancelRequest, DiscardRequest, EventQuery, HistoryQuery, HostQuery, NetworkScanRequest,
    ScanQuery, ScanRequest, ScanStatus,
};
use groma_app::{App, AppOptions};
use groma_model::network::{FieldChange, HostChanged, PortState};
use groma_model::{Envelope, TaskId};
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Map, Value, json};

const FOLDER: &str = "GROMA_KILL_FOLDER";
const PORTS: &str = "GROMA_KILL_PORTS";
const SEED: &str = "GROMA_KILL_SEED";
/// Probes per second of the scans: slow enough to be killed in the middle.
const RATE: u32 = 2000;

#[test]
fn victim() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let ports = std::env::var(PORTS).unwrap();
    let seed = std::env::var(SEED).unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(live(Path::new(&folder), &ports, StdRng::seed_from_u64(seed)));
}

/// Scans, cancels, discards, resumes, and prints every event that it sees, until it is killed or told to finish.
async fn live(folder: &Path, ports: &str, mut random: StdRng) {
    let app = App::open(AppOptions::new(folder.join("data"), folder.join("keys"))).await.unwrap();
    let backend = app.backend(app.owner());
    let everything = EventQuery { after: Some("oldest".to_owned()), ..EventQuery::default() };
    let mut events = backend.events(everything).await.unwrap();
    let (print, mut printed) = tokio::sync::watch::channel(None);
    tokio::spawn(async move {
        while let Some(frame) = events.next().await {
            let frame = frame.unwrap();
            let mut out = std::io::stdout().lock();
            out.write_all(b"\n@event ").unwrap();
            out.write_all(&frame.json).unwrap();
            out.write_all(b"\n").unwrap();
            out.flush().unwrap();
            drop(out);
            print.send_replace(frame.sequence);
        }
    });
    let (told, mut finish) = tokio::sync::mpsc::unbounded_channel::<()>();
    std::thread::spawn(move || {
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line).is_ok_and(|read| read > 0) {
            let _ = told.send(());
        }
    });
    app.start_tasks().await.unwrap();
    println!("\n@ready");
    while finish.try_recv().is_err() {
        act(&*backend, ports, &mut random).await;
        tokio::time::sleep(Duration::from_millis(random.random_range(0..15))).await;
    }
    settle(&*backend).await;
    println!(
        "\n@hosts {}",
        serde_json::to_string(
            &backend.host_list(HostQuery { limit: Some(1000), cursor: None }).await.unwrap().hosts
        )
        .unwrap()
    );
    let scans = backend.scan_list(ScanQuery { limit: Some(500), ..ScanQuery::default() }).await.unwrap();
    for scan in scans.scans.iter().filter(|scan| {
        scan.status == ScanStatus::Completed && scan.resumes.is_none() && scan.discards.is_none()
    }) {
        let found = backend.scan_hosts(scan.id).await.unwrap();
        println!("\n@found {}", json!({ "scan": scan, "hosts": found.hosts }));
    }
    println!("\n@active {}", scans.scans.iter().filter(|scan| !scan.status.ended()).count());
    // Whoever asked for the end wants all of it.
    let newest = HistoryQuery { limit: Some(1), ..HistoryQuery::default() };
    let head = backend.event_history(newest).await.unwrap().head;
    printed.wait_for(|printed| *printed >= Some(head)).await.unwrap();
    println!("\n@done");
    std::io::stdout().flush().unwrap();
    app.shutdown().await;
}

async fn act(backend: &dyn Backend, ports: &str, random: &mut StdRng) {
    let scans = backend.scan_list(ScanQuery { limit: Some(5), ..ScanQuery::default() }).await.unwrap().scans;
    let active: Vec<TaskId> = scans.iter().filter(|scan| !scan.status.ended()).map(|scan| scan.id).collect();
    let ended: Vec<TaskId> = scans.iter().filter(|scan| scan.status.ended()).map(|scan| scan.id).collect();
    // Refusals are part of life here: the scan may have ended meanwhile, or left nothing undone.
    match random.random_range(0..10) {
        0 => {
            if let Some(id) = active.choose(random) {
                let keep_partial_results = random.random_bool(0.5);
                let _ = backend
                    .task_cancel(*id, CancelRequest { reason: "chance".to_owned(), keep_partial_results })
                    .await;
            }
        }
        1 => {
            if let Some(id) = ended.choose(random) {
                let _ = backend.task_discard(*id, DiscardRequest::default()).await;
            }
        }
        2 => {
            if let Some(id) = ended.choose(random) {
                let _ = backend.task_resume(*id).await;
            }
        }
        _ if active.len() < 2 => {
            let mut request = NetworkScanRequest::new(vec!["127.0.0.1".to_owned()], ports);
            request.max_rate = Some(RATE);
            request.force = random.random_bool(0.3);
            backend.scan_start(ScanRequest::Network(request)).await.unwrap();
        }
        _ => {}
    }
}

async fn settle(backend: &dyn Backend) {
    let give_up = Instant::now() + Duration::from_secs(60);
    while Instant::now() < give_up {
        let query = ScanQuery { active: Some(true), ..ScanQuery::default() };
        match backend.scan_list(query).await.unwrap().scans.first() {
            Some(scan) => drop(backend.task_get(scan.id, Some(Duration::from_secs(5))).await.unwrap()),
            None => return,
        }
    }
}

/// What a victim said.
#[derive(Default)]
struct Heard {
    events: BTreeMap<String, String>,
    hosts: Option<Value>,
    found: Vec<Value>,
    active: Option<usize>,
    done: bool,
}

struct World {
    root: PathBuf,
    ports: String,
    test: PathBuf,
}

impl World {
    fn start(&self, seed: u64) -> (Child, mpsc::Receiver<()>, mpsc::Receiver<Heard>) {
        let mut child = Command::new(&self.test)
            .args(["--exact", "victim", "--nocapture"])
            .envs([(FOLDER, self.root.to_str().unwrap()), (PORTS, &self.ports), (SEED, &seed.to_string())])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let (told, heard) = mpsc::channel();
        let (tell_ready, ready) = mpsc::channel();
        std::thread::spawn(move || told.send(listen(lines, &tell_ready)));
        (child, ready, heard)
    }
}

/// Reads what a victim says until it dies; its last line may be cut.
fn listen(lines: impl std::io::BufRead, ready: &mpsc::Sender<()>) -> Heard {
    let mut heard = Heard::default();
    for line in lines.lines() {
        let Ok(line) = line else { break };
        let Some((word, rest)) =
            line.strip_prefix('@').and_then(|line| line.split_once(' ').or(Some((line, ""))))
        else {
            continue;
        };
        match (word, serde_json::from_str::<Value>(rest)) {
            ("event", Ok(event)) => {
                if let Some(sequence) = event["sequence"].as_str() {
                    heard.events.insert(sequence.to_owned(), rest.to_owned());
                }
            }
            ("hosts", Ok(hosts)) => heard.hosts = Some(hosts),
            ("found", Ok(found)) => heard.found.push(found),
            ("active", Ok(active)) => heard.active = active.as_u64().map(|active| active as usize),
            ("done", _) => heard.done = true,
            // Nobody waits for it when the victim is killed before.
            ("ready", _) => drop(ready.send(())),
            _ => {}
        }
    }
    heard
}

#[test]
fn a_thousand_kills_lose_nothing_that_was_seen() {
    if std::env::var(FOLDER).is_ok() {
        return;
    }
    let kills: u64 = std::env::var("GROMA_KILLS").map_or(1000, |kills| kills.parse().unwrap());
    let root = tempfile::tempdir().unwrap();
    let listeners: Vec<TcpListener> = (0..12).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let open: BTreeSet<u16> =
        listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
    for listener in listeners {
        // Left alone, the queue of connections would fill up and the port would fall silent.
        std::thread::spawn(move || listener.incoming().for_each(drop));
    }
    // Around each open port some closed ones; listeners of others on this machine are left out by asking for these alone.
    let asked: BTreeSet<u16> = open.iter().copied().chain(1..100).collect();
    let ports = asked.iter().map(u16::to_string).collect::<Vec<_>>().join(",");
    let world = World { root: root.path().to_owned(), ports, test: std::env::current_exe().unwrap() };
    let mut random = StdRng::seed_from_u64(7);
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for kill in 0..kills {
        let (mut child, ready, heard) = world.start(kill);
        // Some die while they open the folder, most while they scan.
        if random.random_bool(0.8) {
            let _ = ready.recv();
        }
        std::thread::park_timeout(Duration::from_millis(random.random_range(0..80)));
        child.kill().unwrap();
        child.wait().unwrap();
        for (sequence, event) in heard.recv().unwrap().events {
            let before = seen.insert(sequence.clone(), event.clone());
            assert!(before.is_none_or(|before| before == event), "{sequence} changed at kill {kill}");
        }
    }
    let (mut child, _, heard) = world.start(kills);
    child.stdin.take().unwrap().write_all(b"finish\n").unwrap();
    let last = heard.recv().unwrap();
    assert!(child.wait().unwrap().success() && last.done, "the last start did not finish");
    eprintln!("{kills} kills, {} events, {} of them seen before the end", last.events.len(), seen.len());
    check(&seen, &last, &open);
}

fn check(seen: &BTreeMap<String, String>, last: &Heard, open: &BTreeSet<u16>) {
    for (sequence, event) in seen {
        assert_eq!(last.events.get(sequence), Some(event), "{sequence} was seen and is gone or changed");
    }
    let numbers: Vec<u64> =
        last.events.keys().map(|sequence| sequence.split_once('-').unwrap().1.parse().unwrap()).collect();
    assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "sequences have holes");
    assert_eq!(last.active, Some(0), "a scan runs for ever");
    check_scans(last);
    check_changes(last);
    assert!(!last.found.is_empty(), "no whole scan completed");
    for found in &last.found {
        let ports =
            found["hosts"].as_array().unwrap().iter().flat_map(|host| host["ports"].as_array().unwrap());
        let ports = ports
            .filter(|port| port["state"] == json!(PortState::Open))
            .map(|port| port["port"].as_u64().unwrap() as u16);
        let ports: BTreeSet<u16> = ports.filter(|port| *port >= 100).collect();
        assert_eq!(
            &ports,
            open,
            "a completed scan found something else than what is open: {}",
            story(last, &found["scan"])
        );
    }
}

/// Returns the events of a scan, one a line.
fn story(last: &Heard, scan: &Value) -> String {
    let id = scan["id"].as_str().unwrap();
    last.events.values().filter(|event| event.contains(id)).cloned().collect::<Vec<_>>().join("\n")
}

fn check_scans(last: &Heard) {
    let mut scans: BTreeMap<String, Vec<Envelope>> = BTreeMap::new();
    for event in last.events.values() {
        let envelope: Envelope = serde_json::from_str(event).unwrap();
        let data: Value = serde_json::from_str(envelope.data.get()).unwrap();
        if let Some(scan) = data["scanId"].as_str() {
            scans.entry(scan.to_owned()).or_default().push(envelope);
        }
    }
    for (scan, events) in scans {
        let types: Vec<&str> = events.iter().map(|event| event.event_type.as_str()).collect();
        let count = |name: &str| types.iter().filter(|found| **found == name).count();
        assert_eq!(types.first(), Some(&"groma.network.scan_started"), "{scan}");
        assert_eq!(types.last(), Some(&"groma.network.scan_completed"), "{scan}: {types:?}");
        assert_eq!(
            (count("groma.network.scan_started"), count("groma.network.scan_completed")),
            (1, 1),
            "{scan}"
        );
        let mut before = (0, 0);
        for event in events.iter().filter(|event| event.event_type == "groma.network.scan_progress") {
            let data: Value = serde_json::from_str(event.data.get()).unwrap();
            let now = (data["hostsScanned"].as_u64().unwrap(), data["portsScanned"].as_u64().unwrap());
            assert!(
                now.0 >= before.0 && now.1 >= before.1,
                "{scan}: progress went from {before:?} to {now:?}"
            );
            before = now;
        }
    }
}

/// Applies every change in order; the result is what the tables hold.
fn check_changes(last: &Heard) {
    let mut told: BTreeMap<String, Value> = BTreeMap::new();
    for event in last.events.values() {
        let envelope: Envelope = serde_json::from_str(event).unwrap();
        if envelope.event_type == "groma.network.host_changed" {
            let changed: HostChanged = serde_json::from_str(envelope.data.get()).unwrap();
            let host = told.entry(changed.host.to_string()).or_insert(Value::Null);
            for field in &changed.diff {
                apply(host, field);
            }
        }
    }
    told.retain(|_, host| !host.is_null());
    let kept: BTreeMap<String, Value> = last
        .hosts
        .as_ref()
        .unwrap()
        .as_array()
        .unwrap()
        .iter()
        .map(|host| (host["address"].as_str().unwrap().to_owned(), document(host)))
        .collect();
    assert_eq!(told, kept, "changes do not add up to the rows");
}

fn apply(host: &mut Value, field: &FieldChange) {
    if field.path.is_empty() {
        assert_eq!(host.is_null(), field.before.is_null(), "a change does not follow from the one before");
        *host = field.after.clone();
        return;
    }
    let mut at = host;
    let parts: Vec<&str> = field.path.split('/').skip(1).collect();
    let (name, folders) = parts.split_last().unwrap();
    for folder in folders {
        at = at.as_object_mut().unwrap().entry(*folder).or_insert_with(|| Value::Object(Map::new()));
    }
    let object = at.as_object_mut().unwrap();
    assert_eq!(
        object.get(*name).unwrap_or(&Value::Null),
        &field.before,
        "a change does not follow from the one before: {}",
        field.path
    );
    if field.after.is_null() {
        object.remove(*name)
    } else {
        object.insert((*name).to_owned(), field.after.clone())
    };
}

/// Returns a host of the API in the form of the diffs.
fn document(host: &Value) -> Value {
    let mut document = json!({ "address": host["address"], "state": host["state"] });
    if let Some(hostname) = host.get("hostname") {
        document["hostname"] = hostname.clone();
    }
    for service in host["services"].as_array().unwrap() {
        document["services"][service["protocol"].as_str().unwrap()][service["port"].to_string()] =
            json!({ "state": service["state"] });
    }
    document
}
