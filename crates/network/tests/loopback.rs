//! The scan against real listeners on this machine.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail like the test itself")]

mod support;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::time::{Duration, Instant};

use groma_api::NetworkScanRequest;
use groma_model::Finding;
use groma_model::Payload;
use groma_model::network::{ErrorType, PortState};
use groma_model::task::TaskEnd;
use groma_network::{Limits, NetworkScan};
use groma_task::{Outcome, Stop, StopCause};
use support::World;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn job(targets: &[&str], ports: &str, change: impl FnOnce(&mut NetworkScanRequest)) -> NetworkScan {
    let mut request = NetworkScanRequest::new(targets.iter().map(ToString::to_string).collect(), ports);
    change(&mut request);
    NetworkScan::new(request, Limits::default()).unwrap()
}

/// Runs a scan to its end and checks what must hold of every one that ends by itself.
async fn run(world: &World, scan: NetworkScan) {
    let ended = world.scan(scan, &Stop::new()).await;
    assert_eq!(ended, Outcome::Ended(TaskEnd::Completed));
    assert_balanced(world);
}

fn listen(address: IpAddr, count: usize) -> (Vec<TcpListener>, BTreeSet<u16>) {
    let listeners: Vec<TcpListener> = (0..count).map(|_| TcpListener::bind((address, 0)).unwrap()).collect();
    let ports = listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
    (listeners, ports)
}

fn assert_balanced(world: &World) {
    let state = world.state();
    let tally = state.tally();
    assert_eq!(tally.get("hosts_scanned"), tally.get("hosts_total"), "{tally:?}");
    assert_eq!(tally.get("ports_scanned"), tally.get("ports_total"), "{tally:?}");
    assert!(state.pending.is_empty() && state.failed.is_empty());
    assert!(matches!(state.events.first(), Some(Payload::NetworkScanStarted(_))));
    let Some(Payload::NetworkScanCompleted(end)) = state.events.last() else { panic!("no terminal event") };
    assert!(end.success && !end.partial);
    assert_eq!(end.results.hosts_up as usize, state.hosts.len());
    assert_eq!(end.results.ports_open as usize, state.open().len());
    assert_eq!(end.results.ports_scanned, tally.get("ports_scanned"));
}

#[tokio::test]
async fn every_open_port_is_found_on_addresses_that_answer() {
    let (_kept, open) = listen(HERE, 30);
    let world = World::default();
    let ports = open.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let scan = job(&["127.0.0.1"], &format!("{ports},1-1000"), |_| {});
    run(&world, scan).await;
    let found: BTreeSet<u16> = world.state().open().iter().map(|(_, port)| *port).collect();
    assert!(open.is_subset(&found));
    assert_eq!(world.state().hosts.keys().collect::<Vec<_>>(), [&HERE]);
}

#[tokio::test]
async fn without_discovery_every_address_is_probed() {
    let (_kept, open) = listen(HERE, 3);
    let world = World::default();
    let ports = open.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let scan = job(&["127.0.0.1-5"], &ports, |request| request.discovery = false);
    run(&world, scan).await;
    assert_eq!(world.state().hosts.len(), 5, "all of 127/8 answers, by refusing");
    assert_eq!(world.state().open().len(), 3);
}

#[tokio::test]
async fn known_open_ports_are_told_as_they_are_now() {
    let (kept, open) = listen(HERE, 1);
    let port = *open.first().unwrap();
    drop(kept);
    let world = World::default();
    world.state().known.insert(HERE, vec![port, 9]);
    let scan = job(&["127.0.0.1"], &format!("{port},10"), |_| {});
    run(&world, scan).await;
    let told = world.state().ports.clone();
    assert_eq!(told.into_iter().collect::<Vec<_>>(), [((HERE, port), PortState::Closed)]);
}

/// Asks `stop` as soon as anything of the kind is found.
fn stop_at(world: &World, stop: &Stop, cause: StopCause, port: bool) {
    let stop = stop.clone();
    world.watch(move |finding| {
        if !port || matches!(finding, Finding::Port(_)) {
            stop.ask(cause.clone());
        }
    });
}

#[tokio::test]
async fn a_suspended_scan_goes_on_where_it_was_and_finds_the_same() {
    let (_kept, open) = listen(HERE, 40);
    let (world, stop) = (World::default(), Stop::new());
    stop_at(&world, &stop, StopCause::Suspend, true);
    let slow = job(&["127.0.0.1"], "20000-", |request| request.max_rate = Some(20_000));
    assert_eq!(world.scan(slow, &stop).await, Outcome::Suspended);
    let kept = world.state().pending.first().and_then(|unit| unit.checkpoint.clone()).unwrap();
    let next = kept["next"].as_u64().unwrap();
    assert!(next > 0 && next < 45_536, "{next}");
    assert_eq!(world.state().tally().get("ports_scanned"), next);
    let whole = job(&["127.0.0.1"], "20000-", |_| {});
    assert_eq!(world.resume(whole, &Stop::new()).await, Outcome::Ended(TaskEnd::Completed));
    let found: BTreeSet<u16> = world.state().open().iter().map(|(_, port)| *port).collect();
    assert!(open.is_subset(&found));
    assert_balanced(&world);
}

#[tokio::test]
async fn a_cancel_is_obeyed_soon_and_told_once() {
    let (world, stop) = (World::default(), Stop::new());
    stop_at(&world, &stop, StopCause::Cancel { reason: "enough".to_owned() }, false);
    // At this rate the scan would last for minutes.
    let scan = job(&["127.0.0.1"], "1-20000", |request| request.max_rate = Some(50));
    let token = stop.token();
    let cancelled = async {
        token.cancelled().await;
        Instant::now()
    };
    let (ended, cancelled) = tokio::join!(world.scan(scan, &stop), cancelled);
    assert!(matches!(ended, Outcome::Ended(TaskEnd::Cancelled { .. })));
    assert!(cancelled.elapsed() < Duration::from_millis(500), "{:?}", cancelled.elapsed());
    let state = world.state();
    let ends: Vec<_> = state
        .events
        .iter()
        .filter_map(|event| if let Payload::NetworkScanCompleted(end) = event { Some(end) } else { None })
        .collect();
    assert!(matches!(&ends[..], [end] if end.partial && end.error.as_deref() == Some("cancelled: enough")));
}

#[tokio::test]
async fn names_are_resolved_and_those_without_address_are_told() {
    let (_kept, open) = listen(HERE, 1);
    let ports = open.first().unwrap().to_string();
    let world = World::default();
    let scan = job(&["localhost", "nonesuch.invalid"], &ports, |_| {});
    run(&world, scan).await;
    assert_eq!(world.state().hosts.get(&HERE), Some(&Some("localhost".to_owned())));
    let resolution = |event: &Payload| matches!(event, Payload::NetworkError(error) if error.error_type == ErrorType::Resolution);
    assert_eq!(world.state().events.iter().filter(|event| resolution(event)).count(), 1);

    let nothing = job(&["nonesuch.invalid"], "80", |_| {});
    let failed = |ended: &Outcome| matches!(ended, Outcome::Ended(TaskEnd::Failed { .. }));
    let world = World::default();
    assert!(failed(&world.scan(nothing, &Stop::new()).await));
    let kinds: Vec<_> = world.state().events.iter().map(|event| event.event_type().name).collect();
    assert_eq!(
        kinds,
        [
            "groma.network.scan_started",
            "groma.network.error",
            "groma.network.error",
            "groma.network.scan_completed"
        ],
        "the name's error, then the fatal one"
    );

    let unsafe_exclude =
        job(&["127.0.0.1"], "80", |request| request.exclude = vec!["nonesuch.invalid".into()]);
    assert!(failed(&World::default().scan(unsafe_exclude, &Stop::new()).await));
}

#[tokio::test]
async fn ipv6_works_where_the_machine_has_it() {
    let here = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let Ok(listener) = TcpListener::bind((here, 0)) else { return };
    let port = listener.local_addr().unwrap().port();
    let world = World::default();
    let scan = job(&["::1"], &port.to_string(), |_| {});
    run(&world, scan).await;
    assert_eq!(world.state().open(), [(here, port)]);
}
