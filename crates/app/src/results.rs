//! What scans saw, told and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use groma_api::{ErrorCode, Host, Scan, ScanDiff, ScanHost, ScanPort, ScanStatus, TaskState, TaskStatus};
use groma_model::TaskId;
use groma_model::network::{PortState, Protocol};
use groma_network::service_name;

/// Returns a scan as document 004's task.
pub(crate) fn status(scan: &Scan, code: Option<ErrorCode>) -> TaskStatus {
    let ended = scan.state.ended();
    let resources = scan.summary.as_ref().map(|summary| {
        BTreeMap::from([
            ("network.host".to_owned(), summary.hosts_up),
            ("network.service".to_owned(), summary.ports_open),
        ])
    });
    let code = match (scan.state, scan.status) {
        (TaskState::Failure, ScanStatus::Cancelled) => Some(ErrorCode::Cancelled),
        (TaskState::Failure, _) => code.or(Some(ErrorCode::TaskFailed)),
        _ => None,
    };
    let result = match scan.state {
        TaskState::Success => {
            let saved: u64 = resources.iter().flat_map(BTreeMap::values).sum();
            Some(format!("Scan finished: {saved} resources saved."))
        }
        TaskState::Failure => Some(scan.error.clone().unwrap_or_else(|| "the scan failed".to_owned())),
        _ => None,
    };
    TaskStatus {
        task_id: scan.id,
        state: scan.state,
        result,
        code,
        partial: ended.then_some(scan.partial),
        progress: Some(scan.progress.clone()),
        duration_seconds: scan.started_at.zip(scan.ended_at).map(|(start, end)| end.seconds_since(start)),
        resources_by_service: resources.filter(|_| ended),
        pending_reason: scan.pending_reason.clone(),
    }
}

/// Adds the usual names of what listens at each port.
pub(crate) fn name_ports(hosts: &mut [ScanHost]) {
    for port in hosts.iter_mut().flat_map(|host| &mut host.ports) {
        port.service = service_name(port.port).map(str::to_owned);
    }
}

/// Adds the usual names of what listens at each port.
pub(crate) fn name_services(host: &mut Host) {
    for service in &mut host.services {
        service.service = service_name(service.port).map(str::to_owned);
    }
}

/// Compares what two scans saw.
pub(crate) fn diff(scan: TaskId, seen: Vec<ScanHost>, other: TaskId, before: Vec<ScanHost>) -> ScanDiff {
    let index = |hosts: &[ScanHost]| hosts.iter().map(|host| host.address).collect::<BTreeSet<IpAddr>>();
    let (now, then) = (index(&seen), index(&before));
    let only = |hosts: &[ScanHost], others: &BTreeSet<IpAddr>| {
        hosts.iter().filter(|host| !others.contains(&host.address)).cloned().collect()
    };
    ScanDiff {
        scan,
        other,
        hosts_added: only(&seen, &then),
        hosts_missing: only(&before, &now),
        ports_opened: more_open(&seen, &before),
        ports_missing: more_open(&before, &seen),
    }
}

/// Returns the ports that are open in `one` and not in `two`, on hosts that both have.
fn more_open(one: &[ScanHost], two: &[ScanHost]) -> Vec<ScanHost> {
    let open = |host: &ScanHost| -> BTreeSet<(Protocol, u16)> {
        host.ports.iter().filter(|port| is_open(port)).map(|port| (port.protocol, port.port)).collect()
    };
    let other: BTreeMap<IpAddr, BTreeSet<(Protocol, u16)>> =
        two.iter().map(|host| (host.address, open(host))).collect();
    let more = one.iter().filter_map(|host| {
        let known = other.get(&host.address)?;
        let ports =
            host.ports.iter().filter(|port| is_open(port) && !known.contains(&(port.protocol, port.port)));
        let ports: Vec<ScanPort> = ports.cloned().collect();
        (!ports.is_empty()).then(|| ScanHost { ports, ..host.clone() })
    });
    more.collect()
}

const fn is_open(port: &ScanPort) -> bool {
    matches!(port.state, PortState::Open | PortState::OpenFiltered)
}
