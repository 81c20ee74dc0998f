//! A reader that stalls under load: nobody waits for it, and it loses nothing that it must not lose.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "cli/harness.rs"]
mod harness;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketType, connect, socket, sockopt};
use serde_json::Value;

use crate::harness::{Groma, Server};

/// How long the reader reads nothing, at least.
const STALL: Duration = Duration::from_secs(60);
/// How much the server may grow while it does. The journal's newest events are in memory before.
const GROWTH_MAX: u64 = 24 << 20;
/// Types of which a slow reader may be given the newest alone.
const LATEST: &str = "groma.network.scan_progress";

#[test]
fn a_reader_that_stalls_slows_nobody_and_misses_nothing() {
    let groma = Groma::new();
    let server = groma.serve();
    let token = groma.run("token create --name streams --scope read").code(0).stdout.trim().to_owned();
    let load = Load::new();
    // Fills what the server keeps in memory.
    for block in 0..2 {
        load.scan(&groma, block);
    }
    let alone: Vec<Duration> = (2..5).map(|block| load.scan(&groma, block)).collect();

    let mut stalled = Stalled::connect(&server, &token);
    let (before, begun) = (memory(&server), Instant::now());
    let (mut beside, mut most) = (Vec::new(), before);
    while begun.elapsed() < STALL || beside.len() < alone.len() {
        beside.push(load.scan(&groma, 5 + beside.len()));
        most = most.max(memory(&server));
    }
    let grown = most - before;
    let (alone, beside) = (alone.iter().min().unwrap(), beside.iter().min().unwrap());
    println!(
        "a scan takes {alone:?} alone and {beside:?} beside the reader; the server grew by {grown} bytes"
    );
    let noise = *alone / 4 + Duration::from_millis(500);
    assert!(*beside < *alone + noise, "a scan takes {alone:?}, and {beside:?} while the reader stalls");
    assert!(grown < GROWTH_MAX, "the server grew by {grown} bytes");

    let truth = groma.run("events tail --after oldest --output ndjson").code(0).lines();
    stalled.catch_up(&truth);
    server.running.signal(rustix::process::Signal::INT);
    server.running.end().code(0);
}

/// Hosts with open ports, thousands of events a second: every address of this machine is one.
struct Load {
    ports: Vec<u16>,
}

impl Load {
    const PORTS: usize = 8;
    /// Of a /23, without the first and the last address.
    const HOSTS: usize = 510;

    fn new() -> Self {
        let open = |_| {
            let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
            let port = listener.local_addr().unwrap().port();
            // Takes what comes, for its queue is short; ends with this process.
            std::thread::spawn(move || listener.incoming().for_each(drop));
            port
        };
        Self { ports: (0..Self::PORTS).map(open).collect() }
    }

    /// Scans a /23 that was not scanned before; returns how long it took.
    fn scan(&self, groma: &Groma, block: usize) -> Duration {
        let ports: Vec<String> = self.ports.iter().map(u16::to_string).collect();
        let target = format!("127.1.{}.0/23", block * 2);
        let line = format!("scan network {target} --no-ping -p {} -o json", ports.join(","));
        let report = groma.run(&line).code(0).json();
        let summary = &report["scan"]["summary"];
        assert_eq!(summary["ports_open"], Self::HOSTS * Self::PORTS, "{summary}");
        Duration::from_millis(report["scan"]["progress"]["elapsed_ms"].as_u64().unwrap())
    }
}

/// A reader with little room in front of it.
struct Stalled {
    stream: BufReader<TcpStream>,
}

impl Stalled {
    /// Reads until the stream is live, and then nothing more.
    fn connect(server: &Server, token: &str) -> Self {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        sockopt::set_socket_recv_buffer_size(&socket, 32 * 1024).unwrap();
        connect(&socket, &server.address).unwrap();
        let mut stream = TcpStream::from(socket);
        // No line breaks of chunks between those of the stream.
        let head = format!(
            "GET /v1/events HTTP/1.0\r\nHost: {}\r\nAccept: application/x-ndjson\r\nAuthorization: Bearer {token}\r\n\r\n",
            server.address
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        assert!(line.contains(" 200 "), "{line}");
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).unwrap();
        }
        stream.read_exact(&mut [0]).unwrap();
        Self { stream }
    }

    /// Reads to the newest event, and compares.
    fn catch_up(&mut self, truth: &[Value]) {
        let head = truth.last().unwrap()["sequence"].as_str().unwrap();
        let (mut seen, mut merged) = (Vec::new(), BTreeMap::<String, u64>::new());
        for line in self.stream.by_ref().lines() {
            let event: Value = match line.unwrap().as_str() {
                "" => continue,
                line => serde_json::from_str(line).unwrap(),
            };
            match event["type"].as_str().unwrap() {
                "groma.system.stream_merged" => {
                    assert_eq!((&event["sequence"], &event["data"]["type"]), (&Value::Null, &LATEST.into()));
                    let subject = event["data"]["subject"].as_str().unwrap().to_owned();
                    *merged.entry(subject).or_default() += event["data"]["count"].as_u64().unwrap();
                }
                _ => {
                    seen.push(event);
                    if seen.last().unwrap()["sequence"] == head {
                        break;
                    }
                }
            }
        }
        let truth =
            &truth[truth.iter().position(|event| event["sequence"] == seen[0]["sequence"]).unwrap()..];
        let kept = |events: &[Value]| -> Vec<Value> {
            events.iter().filter(|event| event["type"] != LATEST).cloned().collect()
        };
        assert!(kept(&seen) == kept(truth), "the events that are never left out, as they are in the journal");
        let latest = |events: &[Value], subject: &str| -> Vec<Value> {
            let fits = |event: &&Value| event["type"] == LATEST && event["subject"] == subject;
            events.iter().filter(fits).cloned().collect()
        };
        let subjects = truth.iter().filter(|event| event["type"] == LATEST);
        for subject in subjects.map(|event| event["subject"].as_str().unwrap()) {
            let (there, given) = (latest(truth, subject), latest(&seen, subject));
            assert!(given.iter().all(|event| there.contains(event)), "{subject}");
            assert_eq!(given.last(), there.last(), "the newest is always given");
            let left_out = (there.len() - given.len()) as u64;
            assert_eq!(
                merged.get(subject).copied().unwrap_or(0),
                left_out,
                "what is left out of {subject} is counted"
            );
        }
        assert!(!merged.is_empty(), "a reader so far behind is spared what is out of date");
    }
}

/// Returns how much memory the server has, in bytes.
fn memory(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.running.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
