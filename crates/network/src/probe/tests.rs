use std::collections::{BTreeSet, HashSet};
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::time::Duration;

use groma_model::network::PortState;

use super::{Bounds, HostSweep, Prober, SweepEnd};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn bounds() -> Bounds {
    Bounds { concurrency: 500, room: 500, max_rate: None, timeout: None, retries: None }
}

fn sweep(order: Vec<u16>, start: u32) -> HostSweep {
    HostSweep { address: HERE, order, start, watch: HashSet::new(), rtt: None }
}

#[tokio::test]
async fn a_whole_host_is_swept_and_nothing_false_is_open() {
    // An address of its own, at which no other test listens for a moment.
    let here = IpAddr::V4(Ipv4Addr::new(127, 83, 19, 7));
    let listeners: Vec<TcpListener> = (0..20).map(|_| TcpListener::bind((here, 0)).unwrap()).collect();
    let open: BTreeSet<u16> = listeners.iter().map(|l| l.local_addr().unwrap().port()).collect();
    let prober = Prober::start(bounds()).unwrap();
    // The whole ephemeral range, in which a probe may meet itself.
    let order: Vec<u16> = (20_000..=65_535).collect();
    let length = order.len() as u32;
    let mut running = prober.sweep(HostSweep { address: here, ..sweep(order, 0) });
    let (mut found, mut last) = (BTreeSet::new(), 0);
    loop {
        let report = running.reports.recv().await.unwrap();
        assert!(report.watermark >= last, "the watermark never goes back");
        last = report.watermark;
        found.extend(report.found.iter().filter(|(_, s)| *s == PortState::Open).map(|(port, _)| *port));
        if let Some(end) = report.end {
            assert_eq!(end, SweepEnd::Done);
            assert!(report.heard.is_some());
            break;
        }
    }
    assert_eq!(last, length);
    assert!(open.is_subset(&found), "missed: {:?}", open.difference(&found));
    for port in found.difference(&open) {
        // Other programs of this machine may listen as well; a false open would not answer again.
        std::net::TcpStream::connect((here, *port)).unwrap();
    }
}

#[tokio::test]
async fn a_rate_is_kept_and_a_late_start_is_honoured() {
    let prober = Prober::start(Bounds { max_rate: Some(200), ..bounds() }).unwrap();
    let order: Vec<u16> = (1..=100).collect();
    let begun = std::time::Instant::now();
    let mut running = prober.sweep(sweep(order, 40));
    while running.reports.recv().await.is_some_and(|report| report.end.is_none()) {}
    let elapsed = begun.elapsed();
    assert!(elapsed >= Duration::from_millis(250), "60 probes at 200/s took {elapsed:?}");
}

#[tokio::test]
async fn a_ping_ends_at_the_first_answer() {
    let prober = Prober::start(bounds()).unwrap();
    let mut running = prober.ping(HERE, &[443, 80, 22, 1]);
    let report = running.reports.recv().await.unwrap();
    assert!(report.heard.is_some() && report.end == Some(SweepEnd::Done));
}

#[tokio::test]
async fn watched_ports_are_reported_as_they_are() {
    let listener = TcpListener::bind((HERE, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let prober = Prober::start(bounds()).unwrap();
    let mut running = prober.sweep(HostSweep { watch: HashSet::from([port]), ..sweep(vec![port], 0) });
    let report = running.reports.recv().await.unwrap();
    assert_eq!(report.found, [(port, PortState::Closed)]);
}

#[tokio::test]
async fn an_empty_sweep_ends_at_once() {
    let prober = Prober::start(bounds()).unwrap();
    let mut running = prober.sweep(sweep(Vec::new(), 0));
    assert_eq!(running.reports.recv().await.unwrap().end, Some(SweepEnd::Done));
    let mut done = prober.sweep(sweep(vec![1, 2], 2));
    assert_eq!(done.reports.recv().await.unwrap().end, Some(SweepEnd::Done));
}
