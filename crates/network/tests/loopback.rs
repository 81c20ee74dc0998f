//! The scan against real listeners on this machine.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail like the test itself")]

mod support;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::time::{Duration, Instant};

use groma_api::NetworkScanRequest;
use groma_model::Payload;
use groma_model::network::{ErrorType, Finding, PortState};
use groma_network::{Limits, NetworkScan};
use support::World;
use tokio_util::sync::CancellationToken;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn job(targets: &[&str], ports: &str, change: impl FnOnce(&mut NetworkScanRequest)) -> NetworkScan {
    let mut request = NetworkScanRequest::new(targets.iter().map(ToString::to_string).collect(), ports);
    change(&mut request);
    NetworkScan::new(request, Limits::default()).unwrap()
}

fn listen(address: IpAddr, count: usize) -> (Vec<TcpListener>, BTreeSet<u16>) {
    let listeners: Vec<TcpListener> = (0..count).map(|_| TcpListener::bind((address, 0)).unwrap()).collect();
    let ports = listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
    (listeners, ports)
}

fn assert_balanced(world: &World) {
    let tally = world.state().tally();
    assert_eq!(tally.get("hosts_scanned"), tally.get("hosts_total"), "{tally:?}");
    assert_eq!(tally.get("ports_scanned"), tally.get("ports_total"), "{tally:?}");
    assert!(world.state().pending.is_empty() && world.state().failed.is_empty());
}

#[tokio::test]
async fn every_open_port_is_found_on_addresses_that_answer() {
    let (_kept, open) = listen(HERE, 30);
    let world = World::default();
    let ports = open.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let scan = job(&["127.0.0.1"], &format!("{ports},1-1000"), |_| {});
    world.scan(&scan, CancellationToken::new()).await.unwrap();
    let found: BTreeSet<u16> = world.state().open().iter().map(|(_, port)| *port).collect();
    assert!(open.is_subset(&found));
    assert_eq!(world.state().hosts.keys().collect::<Vec<_>>(), [&HERE]);
    assert_balanced(&world);
}

#[tokio::test]
async fn without_discovery_every_address_is_probed() {
    let (_kept, open) = listen(HERE, 3);
    let world = World::default();
    let ports = open.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let scan = job(&["127.0.0.1-5"], &ports, |request| request.discovery = false);
    world.scan(&scan, CancellationToken::new()).await.unwrap();
    assert_eq!(world.state().hosts.len(), 5, "all of 127/8 answers, by refusing");
    assert_eq!(world.state().open().len(), 3);
    assert_balanced(&world);
}

#[tokio::test]
async fn known_open_ports_are_told_as_they_are_now() {
    let (kept, open) = listen(HERE, 1);
    let port = *open.first().unwrap();
    drop(kept);
    let world = World::default();
    world.state().known.insert(HERE, vec![port, 9]);
    let scan = job(&["127.0.0.1"], &format!("{port},10"), |_| {});
    world.scan(&scan, CancellationToken::new()).await.unwrap();
    let told = world.state().ports.clone();
    assert_eq!(told.into_iter().collect::<Vec<_>>(), [((HERE, port), PortState::Closed)]);
}

#[tokio::test]
async fn a_stopped_scan_goes_on_where_it_was_and_finds_the_same() {
    let (_kept, open) = listen(HERE, 40);
    let world = World::default();
    let cancel = CancellationToken::new();
    let stopper = cancel.clone();
    world.watch(move |finding| {
        if matches!(finding, Finding::Port(_)) {
            stopper.cancel();
        }
    });
    let scan = job(&["127.0.0.1"], "20000-", |request| request.max_rate = Some(20_000));
    world.scan(&scan, cancel).await.unwrap();
    let kept = world.state().pending.front().and_then(|unit| unit.checkpoint.clone()).unwrap();
    let next = kept["next"].as_u64().unwrap();
    assert!(next > 0 && next < 45_536, "{next}");
    assert_eq!(world.state().tally().get("ports_scanned"), next);
    let whole = job(&["127.0.0.1"], "20000-", |_| {});
    let begun = Instant::now();
    world.resume(&whole, CancellationToken::new()).await;
    assert!(begun.elapsed() < Duration::from_secs(60));
    let found: BTreeSet<u16> = world.state().open().iter().map(|(_, port)| *port).collect();
    assert!(open.is_subset(&found));
    assert_balanced(&world);
}

#[tokio::test]
async fn a_cancel_is_obeyed_soon() {
    let world = World::default();
    let cancel = CancellationToken::new();
    let scan = job(&["127.0.0.1"], "1-20000", |request| request.max_rate = Some(50));
    let stopper = cancel.clone();
    let (begun, heard) = tokio::sync::oneshot::channel();
    let begun = std::sync::Mutex::new(Some(begun));
    world.watch(move |_| {
        if let Some(begun) = begun.lock().unwrap().take() {
            let _ = begun.send(());
        }
    });
    let stopping = async {
        heard.await.unwrap();
        stopper.cancel();
        Instant::now()
    };
    let (done, cancelled) = tokio::join!(world.scan(&scan, cancel), stopping);
    done.unwrap();
    assert!(cancelled.elapsed() < Duration::from_millis(500), "{:?}", cancelled.elapsed());
    assert_eq!(world.state().pending.len(), 1);
}

#[tokio::test]
async fn names_are_resolved_and_those_without_address_are_told() {
    let (_kept, open) = listen(HERE, 1);
    let ports = open.first().unwrap().to_string();
    let world = World::default();
    let scan = job(&["localhost", "nonesuch.invalid"], &ports, |_| {});
    world.scan(&scan, CancellationToken::new()).await.unwrap();
    assert_eq!(world.state().hosts.get(&HERE), Some(&Some("localhost".to_owned())));
    let resolution = |event: &Payload| matches!(event, Payload::NetworkError(error) if error.error_type == ErrorType::Resolution);
    assert_eq!(world.state().events.iter().filter(|event| resolution(event)).count(), 1);

    let nothing = job(&["nonesuch.invalid"], "80", |_| {});
    let error = World::default().scan(&nothing, CancellationToken::new()).await.unwrap_err();
    assert_eq!(error.events.len(), 2, "the name's error, then the fatal one");

    let unsafe_exclude =
        job(&["127.0.0.1"], "80", |request| request.exclude = vec!["nonesuch.invalid".into()]);
    let error = World::default().scan(&unsafe_exclude, CancellationToken::new()).await.unwrap_err();
    assert!(error.to_string().contains("nonesuch.invalid"));
}

#[tokio::test]
async fn ipv6_works_where_the_machine_has_it() {
    let here = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let Ok(listener) = TcpListener::bind((here, 0)) else { return };
    let port = listener.local_addr().unwrap().port();
    let world = World::default();
    let scan = job(&["::1"], &port.to_string(), |_| {});
    world.scan(&scan, CancellationToken::new()).await.unwrap();
    assert_eq!(world.state().open(), [(here, port)]);
    assert_balanced(&world);
}
