//! Two thousand readers at once: each is given every event in order, and nothing else starves.
//!
//! Nothing here measures time; `cargo xtask bench events` does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod client;
#[path = "../cli/harness.rs"]
mod harness;

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::task::JoinSet;

use crate::client::{Client, Sse, WebSocket};
use crate::harness::{Groma, Server};

/// Of each kind.
const CLIENTS: usize = 1_000;
const PORTS: usize = 8;
/// The addresses of 127.1.0.0/28 that are hosts.
const HOSTS: usize = 14;

#[test]
fn two_thousand_readers_are_each_given_every_event_in_order() {
    descriptors();
    let groma = Groma::new();
    // All readers share one token.
    let settings = groma.home.path().join(".config/groma/config.toml");
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    std::fs::write(settings, "[server]\nrequests_per_second = 100000\nrequests_burst = 100000\n").unwrap();
    let server = groma.serve();
    let token = groma.run("token create --name load --scope read").code(0).stdout.trim().to_owned();
    let before = usage(&server);
    // Where the journal ends that no reader is given.
    let head = head(&server, &token);

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut readers = JoinSet::new();
    runtime.block_on(async {
        for _ in 0..CLIENTS {
            readers.spawn(follow(Sse::connect(server.address, &token).await));
            readers.spawn(follow(WebSocket::connect(server.address, &token).await));
        }
    });
    let connected = usage(&server);

    let over = AtomicBool::new(false);
    let (truth, loaded, asked) = std::thread::scope(|scope| {
        let asker = scope.spawn(|| ask(&server, &token, &over));
        // The others must not wait for ever if one of them fails.
        let _over = Over(&over);
        scan(&groma);
        let truth = groma.run("events tail --after oldest --output ndjson").code(0).lines();
        let sequences = truth.iter().map(|event| event["sequence"].as_str().unwrap().to_owned());
        let truth: Vec<String> = sequences.skip_while(|sequence| *sequence <= head).collect();
        assert!(truth.len() > HOSTS * (PORTS + 1), "{} events are too few", truth.len());
        let mut served = 0;
        while let Some(read) = runtime.block_on(readers.join_next()) {
            let (name, seen) = read.unwrap();
            let given = format!("{} of {} events, or in another order", seen.len(), truth.len());
            assert!(seen == truth, "a reader by {name} was given {given}");
            served += 1;
        }
        assert_eq!(served, 2 * CLIENTS);
        let loaded = usage(&server);
        over.store(true, Ordering::Relaxed);
        (truth, loaded, asker.join().unwrap())
    });
    assert!(asked > 0, "nobody was answered while the readers were served");
    println!(
        "{} events to each of {} readers, {asked} requests answered meanwhile",
        truth.len(),
        2 * CLIENTS
    );
    println!("before: {before:?}, connected: {connected:?}, at the end: {loaded:?}");
    server.running.signal(rustix::process::Signal::INT);
    server.running.end().code(0);
}

/// Tells that it is over, however that came about.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Reads to the end of the scan; returns all positions in the order in which they came.
async fn follow(mut client: impl Client) -> (&'static str, Vec<String>) {
    let mut seen = Vec::new();
    loop {
        let (sequences, ended) = client.read().await;
        seen.extend(sequences);
        if ended {
            return (client.name(), seen);
        }
    }
}

/// Asks for this and that until it is over; returns how often. Every request has to be answered.
fn ask(server: &Server, token: &str, over: &AtomicBool) -> usize {
    let mut asked = 0;
    while !over.load(Ordering::Relaxed) {
        for path in ["/readyz", "/v1/summary", "/v1/hosts", "/v1/events/history?limit=5"] {
            let (status, body) = server.get(path, Some(token));
            assert_eq!(status, 200, "{path}: {body}");
            asked += 1;
        }
    }
    asked
}

/// Scans addresses of this machine, all with open ports: as many events as there are.
fn scan(groma: &Groma) {
    let listener = |_| {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        // Takes what comes, for its queue is short; ends with this process.
        std::thread::spawn(move || listener.incoming().for_each(drop));
        port.to_string()
    };
    let ports: Vec<String> = (0..PORTS).map(listener).collect();
    let line = format!("scan network 127.1.0.0/28 --no-ping -p {} -o json", ports.join(","));
    let report = groma.run(&line).code(0).json();
    assert_eq!(report["scan"]["summary"]["ports_open"], HOSTS * PORTS, "{report}");
}

fn head(server: &Server, token: &str) -> String {
    let (status, body) = server.get("/v1/events/history?limit=1", Some(token));
    assert_eq!(status, 200, "{body}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    body["data"]["head"].as_str().unwrap().to_owned()
}

/// What a server takes.
#[derive(Debug)]
#[expect(dead_code, reason = "printed")]
struct Usage {
    resident_mb: u64,
    descriptors: usize,
}

fn usage(server: &Server) -> Usage {
    let process = format!("/proc/{}", server.running.child.id());
    let status = std::fs::read_to_string(format!("{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    Usage {
        resident_mb: kib / 1024,
        descriptors: std::fs::read_dir(format!("{process}/fd")).unwrap().count(),
    }
}

/// Makes room for the connections, here and in the server that inherits it.
fn descriptors() {
    const WANTED: u64 = 8192;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= WANTED) {
        return;
    }
    let maximum = maximum.map(|maximum| maximum.max(WANTED));
    setrlimit(Resource::Nofile, Rlimit { current: Some(WANTED), maximum })
        .expect("8,192 open files are allowed");
}
