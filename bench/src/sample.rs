//! What is emitted: the event that scans emit most, with a service as real ones have it.

use std::net::{IpAddr, Ipv4Addr};

use groma_journal::NewEvent;
use groma_model::network::{PortDiscovered, PortState, Protocol, ServiceInfo};
use groma_model::{Clock as _, Subject, SystemClock, TaskId};

/// Makes the `index`th event of a scan.
pub(crate) fn event(scan: TaskId, index: u32) -> NewEvent {
    let [_, a, b, c] = index.to_be_bytes();
    let payload = PortDiscovered {
        scan_id: scan,
        host: IpAddr::V4(Ipv4Addr::new(10, a, b, c)),
        port: (index % 65_535 + 1) as u16,
        protocol: Protocol::Tcp,
        state: PortState::Open,
        service: Some(ServiceInfo {
            name: "http".to_owned(),
            product: Some("nginx".to_owned()),
            version: Some("1.28.0".to_owned()),
            banner: None,
            cpe: None,
            confidence: Some(0.9),
        }),
        timestamp: SystemClock.now(),
    };
    NewEvent { subject: Some(Subject::scan(scan)), payload: payload.into() }
}

/// Makes `count` events of a scan.
pub(crate) fn events(scan: TaskId, count: usize) -> Vec<NewEvent> {
    (0..count as u32).map(|index| event(scan, index)).collect()
}

/// The bytes of one such event on the wire, roughly: what a peer is given to carry must weigh the same.
pub(crate) const WIRE_BYTES: usize = 620;
