//! The unit that probes the ports of one host.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use groma_model::Finding;
use groma_model::network::{PortFinding, PortState, Protocol};
use groma_model::task::{PendingUnit, Tally, UnitDone};
use groma_task::{UnitContext, UnitError};

use super::detail::{HostDetail, Progress};
use super::{NetworkScan, tally};
use crate::order::shuffle;
use crate::probe::{HostSweep, Report, SweepEnd};

/// The words of a starved unit's message by which the event's kind is told.
pub(super) const STARVED: &str = "out of descriptors, local ports or memory";
/// How often a unit notes how far it is.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);

impl NetworkScan {
    pub(super) async fn scan_host(
        &self,
        cx: &UnitContext,
        host: HostDetail,
        unit: &PendingUnit,
    ) -> Result<UnitDone, UnitError> {
        let address = host.address;
        let mut order: Vec<u16> = self.checked.ports.iter().collect();
        shuffle(&mut order, host.seed);
        let length = order.len() as u32;
        let start = Progress::read(unit.checkpoint.as_ref()).next.min(length);
        // What a scan that this one resumes has probed counts there, not here.
        let elsewhere =
            start.saturating_sub(u32::try_from(unit.tally.get(tally::PORTS_SCANNED)).unwrap_or(start));
        let counted = |ports: u32| counted(ports.saturating_sub(elsewhere));
        // Discovery has told of the host, but maybe in an earlier scan that this one resumes.
        let mut up = host.response_time_ms;
        let mut told = false;
        let known = cx.task.known.known_open_ports(address).await?;
        let watch = known.into_iter().filter(|port| self.checked.ports.contains(*port)).collect();
        let mut sweep = self.prober()?.sweep(HostSweep { address, order, start, watch, rtt: host.rtt() });
        let (mut done, mut kept) = (start, Instant::now());
        loop {
            let Some(received) = cx.task.cancel.run_until_cancelled(sweep.reports.recv()).await else {
                drop(sweep);
                cx.checkpoint(checkpoint(done), counted(done)).await?;
                return Err(UnitError::Stopped);
            };
            let Some(report) = received else { return Err(gone()) };
            let mut findings = Vec::with_capacity(report.found.len() + 1);
            up = up.or(report.heard.map(|after| after.as_secs_f64() * 1000.0));
            if let Some(response_time_ms) = up
                && !told
            {
                findings.push(host.found(response_time_ms, cx.task.clock.now()));
                told = true;
            }
            findings.extend(ports_found(cx, &host, &report));
            cx.record(findings).await?;
            done = report.watermark;
            match report.end {
                Some(SweepEnd::Done) => break,
                Some(SweepEnd::Starved) => {
                    cx.checkpoint(checkpoint(done), counted(done)).await?;
                    return Err(starved(address));
                }
                None if kept.elapsed() >= CHECKPOINT_EVERY => {
                    cx.checkpoint(checkpoint(done), counted(done)).await?;
                    kept = Instant::now();
                }
                None => cx.report(counted(done)),
            }
        }
        Ok(UnitDone { tally: counted(length).with(tally::HOSTS_SCANNED, 1), next: Vec::new() })
    }
}

fn ports_found(cx: &UnitContext, host: &HostDetail, report: &Report) -> impl Iterator<Item = Finding> {
    let (address, slice, at) = (host.address, host.services(), cx.task.clock.now());
    let port = move |(port, state): &(u16, PortState)| {
        let (port, state, slice) = (*port, *state, slice.clone());
        Finding::Port(PortFinding { address, port, protocol: Protocol::Tcp, state, at, slice })
    };
    report.found.iter().map(port)
}

fn counted(ports: u32) -> Tally {
    Tally::default().with(tally::PORTS_SCANNED, i64::from(ports))
}

fn checkpoint(next: u32) -> serde_json::Value {
    serde_json::json!({ "next": next })
}

/// The prober's thread is gone, which only a fault of ours or of the system can do.
pub(super) fn gone() -> UnitError {
    UnitError::Fatal {
        message: "probing stopped: the prober ended unexpectedly; see the log, then resume the scan"
            .to_owned(),
    }
}

/// The system had nothing to probe with for too long.
pub(super) fn starved(address: IpAddr) -> UnitError {
    UnitError::Failed {
        message: format!(
            "{STARVED} while probing {address}: nothing could be sent for 10 s; close other programs or lower the concurrency, then retry"
        ),
        transient: true,
    }
}
