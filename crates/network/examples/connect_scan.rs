//! The engine alone, for labs and benchmarks: scans and prints one `address:port` line per open port.
//!
//! `connect_scan -p PORTS [--no-ping] [--concurrency N] [--max-rate N] [--timeout MS] [--retries N] TARGET…`

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod support;

use std::error::Error;
use std::io::Write;
use std::time::Instant;

use groma_api::NetworkScanRequest;
use groma_model::Payload;
use groma_model::task::TaskEnd;
use groma_network::{Limits, NetworkScan};
use groma_task::{Outcome, Stop};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut request = NetworkScanRequest::new(Vec::new(), "top100");
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "-p" | "--ports" => request.ports = value()?,
            "--no-ping" => request.discovery = false,
            "--exclude" => request.exclude.push(value()?),
            "--concurrency" => request.concurrency = Some(value()?.parse()?),
            "--max-rate" => request.max_rate = Some(value()?.parse()?),
            "--timeout" => request.timeout_ms = Some(value()?.parse()?),
            "--retries" => request.retries = Some(value()?.parse()?),
            _ => request.targets.push(argument),
        }
    }
    let begun = Instant::now();
    let scan = NetworkScan::new(request, Limits::default())?;
    let world = support::World::default();
    let outcome = world.scan(scan, &Stop::new()).await;
    let state = world.state();
    let mut out = std::io::stdout().lock();
    for (address, port) in state.open() {
        writeln!(out, "{}", std::net::SocketAddr::new(address, port))?;
    }
    let mut notes = std::io::stderr().lock();
    for event in state.events.iter().filter(|event| matches!(event, Payload::NetworkError(_))) {
        writeln!(notes, "{}", serde_json::to_string(event)?)?;
    }
    if !matches!(outcome, Outcome::Ended(TaskEnd::Completed)) || !state.failed.is_empty() {
        return Err(format!("the scan did not run to its end: {outcome:?}").into());
    }
    writeln!(
        notes,
        "{} hosts up, {} ports open, {} probed, {:.2} s",
        state.hosts.len(),
        state.open().len(),
        state.tally().get("ports_scanned"),
        begun.elapsed().as_secs_f64()
    )?;
    Ok(())
}
