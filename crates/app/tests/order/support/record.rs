//! Reading the journal as CONTRACT orders it: what is told of each scan, and the sum of all changes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use groma_api::ScanStatus;
use groma_inventory::InventoryError;
use groma_model::network::{EndStatus, PortState, ScanCompleted, ScanProgress};
use groma_model::{Envelope, Payload, TaskId};

use super::document::{self, Document};
use super::world::Open;

/// What was told of one scan.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) started: bool,
    pub(crate) resumes: Option<TaskId>,
    pub(crate) hosts: BTreeSet<IpAddr>,
    pub(crate) ports: BTreeSet<(IpAddr, u16)>,
    pub(crate) progress: Option<ScanProgress>,
    pub(crate) fatal: bool,
    pub(crate) ended: Option<ScanCompleted>,
}

/// The whole journal, read.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) scans: BTreeMap<TaskId, Told>,
    pub(crate) document: Document,
}

impl Record {
    /// Reads events from the oldest on, asserting their order.
    pub(crate) fn of(events: &[Envelope]) -> Self {
        let mut record = Self::default();
        for (event, number) in events.iter().zip(1..) {
            let sequence = event.sequence.unwrap_or_else(|| panic!("{event:?} has no sequence"));
            assert_eq!(sequence.number, number, "a hole or a double in the journal");
            assert_eq!(sequence.epoch, events[0].sequence.unwrap().epoch);
            let payload = event.payload().unwrap().unwrap();
            record.take(payload);
        }
        record
    }

    fn take(&mut self, payload: Payload) {
        let id = match &payload {
            Payload::NetworkScanStarted(data) => data.scan_id,
            Payload::NetworkHostDiscovered(data) => data.scan_id,
            Payload::NetworkPortDiscovered(data) => data.scan_id,
            Payload::NetworkScanProgress(data) => data.scan_id,
            Payload::NetworkScanCompleted(data) => data.scan_id,
            Payload::NetworkHostChanged(data) => data.scan_id,
            Payload::NetworkError(data) => data.scan_id.unwrap(),
            other => panic!("{other:?} is no event of a scan"),
        };
        let told = self.scans.entry(id).or_default();
        assert!(told.ended.is_none(), "{payload:?} comes after the end of its scan");
        let first = matches!(payload, Payload::NetworkScanStarted(_));
        assert_eq!(told.started, !first, "{payload:?}: a scan starts once, and first of all");
        match payload {
            Payload::NetworkScanStarted(data) => {
                told.started = true;
                told.resumes = data.resumes;
            }
            Payload::NetworkHostDiscovered(data) => {
                assert!(told.hosts.insert(data.host), "{data:?} is told twice");
            }
            Payload::NetworkPortDiscovered(data) => {
                assert!(told.hosts.contains(&data.host), "{data:?} comes before its host");
                assert!(matches!(data.state, PortState::Open | PortState::OpenFiltered));
                told.ports.insert((data.host, data.port));
            }
            Payload::NetworkScanProgress(data) => told.advance(data),
            Payload::NetworkScanCompleted(data) => told.end(data),
            Payload::NetworkHostChanged(data) => document::apply(&mut self.document, &data),
            Payload::NetworkError(data) => {
                told.fatal |= data.context.get("fatal").is_some_and(|fatal| fatal == "true");
            }
            _ => {}
        }
    }

    /// Compares the record with the tables and with what the API shows.
    pub(crate) async fn compare(&self, open: &Open) {
        assert_eq!(self.document, document::tables(open).await, "changes do not add up to the tables");
        self.compare_summary(open).await;
        for (id, told) in &self.scans {
            match open.inventory.scan(*id).await {
                Ok(scan) => told.compare(open, &scan).await,
                // Its record was deleted.
                Err(InventoryError::NotFound { .. }) => assert!(told.ended.is_some()),
                Err(error) => panic!("{error}"),
            }
        }
    }
}

impl Record {
    async fn compare_summary(&self, open: &Open) {
        let summary = open.inventory.summary().await.unwrap();
        let mut things: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        let mut count = |kind: &str, thing: &serde_json::Value| {
            let state = thing["state"].as_str().unwrap().to_owned();
            *things.entry(kind.to_owned()).or_default().entry(state).or_default() += 1;
        };
        for host in self.document.values() {
            count("network.host", host);
            let services = host.get("services").and_then(serde_json::Value::as_object);
            services
                .into_iter()
                .flat_map(serde_json::Map::values)
                .for_each(|each| count("network.service", each));
        }
        assert_eq!(summary.things, things, "the summary does not add up to the changes told");
        let ended = self.scans.values().filter(|told| told.ended.is_some()).count() as u64;
        assert!(summary.scans.values().sum::<u64>() <= self.scans.len() as u64);
        assert_eq!(summary.active.len() as u64, self.scans.len() as u64 - ended);
    }
}

impl Told {
    fn advance(&mut self, now: ScanProgress) {
        if let Some(before) = &self.progress {
            assert!(
                now.hosts_scanned >= before.hosts_scanned && now.ports_scanned >= before.ports_scanned,
                "{now:?} falls behind {before:?}"
            );
            assert!(
                now.total_hosts <= before.total_hosts && now.total_ports <= before.total_ports,
                "{now:?} grows from {before:?}"
            );
        }
        assert!(now.hosts_scanned <= now.total_hosts && now.ports_scanned <= now.total_ports, "{now:?}");
        self.progress = Some(now);
    }

    fn end(&mut self, end: ScanCompleted) {
        let results = &end.results;
        assert_eq!(results.hosts_up, self.hosts.len() as u64, "hosts up are not the hosts told");
        assert_eq!(results.ports_open, self.ports.len() as u64, "open ports are not the ports told");
        if let Some(last) = &self.progress {
            let (hosts, ports) = (last.hosts_scanned, last.ports_scanned);
            assert_eq!((results.hosts_scanned, results.ports_scanned), (hosts, ports), "{end:?}");
        } else {
            assert_eq!((results.hosts_scanned, results.ports_scanned), (0, 0), "{end:?} after no progress");
        }
        assert_eq!(end.success, end.status == EndStatus::Completed);
        assert_eq!(end.error.is_some(), !end.success);
        assert_eq!(
            self.fatal,
            end.status == EndStatus::Failed,
            "a fatal error goes before a failure: {end:?}"
        );
        if let EndStatus::Cancelled = end.status {
            assert!(end.partial && end.error.as_ref().is_some_and(|error| error.starts_with("cancelled: ")));
        }
        self.ended = Some(end);
    }

    async fn compare(&self, open: &Open, scan: &groma_api::Scan) {
        assert_eq!(scan.resumes, self.resumes);
        let Some(end) = &self.ended else { return assert!(!scan.status.ended(), "{scan:?} ended untold") };
        let status = match end.status {
            EndStatus::Completed => ScanStatus::Completed,
            EndStatus::Failed => ScanStatus::Failed,
            EndStatus::Cancelled => ScanStatus::Cancelled,
        };
        assert_eq!((scan.status, scan.partial, &scan.error), (status, end.partial, &end.error));
        let summary = scan.summary.as_ref().unwrap();
        assert_eq!(
            (summary.hosts_up, summary.hosts_scanned, summary.ports_open, summary.ports_scanned),
            (
                end.results.hosts_up,
                end.results.hosts_scanned,
                end.results.ports_open,
                end.results.ports_scanned
            ),
        );
        let progress = &scan.progress;
        assert_eq!(
            (progress.hosts_up, progress.hosts_scanned, progress.ports_open, progress.ports_scanned),
            (summary.hosts_up, summary.hosts_scanned, summary.ports_open, summary.ports_scanned),
        );
        if !end.partial && scan.discards.is_none() {
            assert_eq!(progress.hosts_scanned, progress.total_hosts);
            assert_eq!(progress.ports_scanned, progress.total_ports);
            assert_eq!((scan.units.pending, scan.units.failed), (0, 0));
        }
        assert!(!end.success || scan.units.pending == 0, "{scan:?} is complete, with units never done");
        let page = open.inventory.scan_hosts(scan.id).await.unwrap();
        let hosts: BTreeSet<IpAddr> = page.hosts.iter().map(|host| host.address).collect();
        assert_eq!(hosts, self.hosts);
        let ports = page.hosts.iter().flat_map(|host| host.ports.iter().map(|port| (host.address, port)));
        let open = ports.filter(|(_, port)| matches!(port.state, PortState::Open | PortState::OpenFiltered));
        assert_eq!(open.map(|(host, port)| (host, port.port)).collect::<BTreeSet<_>>(), self.ports);
    }
}
