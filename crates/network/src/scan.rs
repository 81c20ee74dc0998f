//! The scan as a task: what to do first, each unit's work, and the events that tell it.

mod detail;
mod discover;
mod host;
mod parts;
mod payload;
mod plan;

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use groma_api::NetworkScanRequest;
use groma_model::network::{ErrorType, ScanOptions};
use groma_model::task::{PendingUnit, Plan, Tally, TaskEnd, TaskSummary, UnitDone};
use groma_model::{Payload, TaskId, Timestamp};
use groma_task::{Job, PlanError, Snapshot, TaskContext, UnitContext, UnitError, Work};

use crate::limits::Limits;
use crate::neighbours::Neighbours;
use crate::probe::{Bounds, Prober};
use crate::request::{Checked, RETRIES_DEFAULT, RequestError, TIMEOUT_CEILING_MS, check};
use detail::{Detail, Progress};

/// Units at once: enough that many silent hosts are waited for together.
const UNITS: usize = 64;

/// The names of the tally.
pub(crate) mod tally {
    /// Addresses in all.
    pub(crate) const HOSTS_TOTAL: &str = "hosts_total";
    /// Addresses of which everything asked is known.
    pub(crate) const HOSTS_SCANNED: &str = "hosts_scanned";
    /// Addresses at which hosts were looked for.
    pub(crate) const ADDRESSES: &str = "addresses_looked_at";
    /// Ports to probe; addresses that are down take theirs away.
    pub(crate) const PORTS_TOTAL: &str = "ports_total";
    /// Ports of which the state is known.
    pub(crate) const PORTS_SCANNED: &str = "ports_scanned";
}

/// A TCP connect scan as a task.
#[derive(Debug)]
pub struct NetworkScan {
    checked: Checked,
    limits: Limits,
    prober: OnceLock<Prober>,
    neighbours: OnceLock<Neighbours>,
}

impl NetworkScan {
    /// Checks the request; nothing is resolved, opened or sent before the task runs.
    ///
    /// # Errors
    /// The first fault of the request, with its field.
    pub fn new(request: NetworkScanRequest, limits: Limits) -> Result<Self, RequestError> {
        let checked = check(&request, &limits).map_err(|mut errors| errors.swap_remove(0))?;
        Ok(Self { checked, limits, prober: OnceLock::new(), neighbours: OnceLock::new() })
    }

    /// Returns the prober that all units share; the first one starts it.
    fn prober(&self) -> Result<&Prober, UnitError> {
        if let Some(prober) = self.prober.get() {
            return Ok(prober);
        }
        let request = &self.checked.request;
        let bounds = Bounds {
            concurrency: self.limits.concurrency(request.concurrency),
            room: self.limits.room(),
            max_rate: request.max_rate,
            timeout: request.timeout_ms.map(Duration::from_millis),
            retries: request.retries,
        };
        let started = Prober::start(bounds).map_err(|error| UnitError::Fatal {
            message: format!(
                "cannot start probing: the system gave no thread or readiness queue: {error}; close other programs and resume"
            ),
        })?;
        // Of two that start at once one is dropped, and its thread ends.
        Ok(self.prober.get_or_init(|| started))
    }

    fn neighbours(&self) -> &Neighbours {
        self.neighbours.get_or_init(Neighbours::read)
    }

    fn ports_each(&self) -> i64 {
        i64::from(self.checked.ports.count())
    }

    fn totals(&self, hosts: u64) -> Tally {
        let hosts = i64::try_from(hosts).unwrap_or(i64::MAX);
        Tally::default()
            .with(tally::HOSTS_TOTAL, hosts)
            .with(tally::PORTS_TOTAL, hosts.saturating_mul(self.ports_each()))
    }

    fn options(&self) -> ScanOptions {
        let request = &self.checked.request;
        ScanOptions {
            profile: "default".to_owned(),
            engine: "connect".to_owned(),
            discovery: request.discovery,
            concurrency: self.limits.concurrency(request.concurrency),
            timeout_ms: request.timeout_ms.unwrap_or(TIMEOUT_CEILING_MS),
            retries: request.retries.unwrap_or(RETRIES_DEFAULT),
            max_rate: request.max_rate,
            services: false,
            os: false,
            exclude: request.exclude.clone(),
        }
    }
}

#[async_trait]
impl Job for NetworkScan {
    fn unit_concurrency(&self) -> usize {
        UNITS
    }

    fn started(&self, task: TaskId, resumes: Option<TaskId>, at: Timestamp) -> Payload {
        let request = &self.checked.request;
        payload::started(task, request, self.options(), resumes, at)
    }

    async fn plan(&self, cx: &TaskContext) -> Result<Plan, PlanError> {
        self.make_plan(cx).await
    }

    fn remaining(&self, units: &[PendingUnit]) -> Tally {
        let mut hosts = 0;
        let mut probed = 0;
        for unit in units {
            hosts += Detail::read(&unit.spec).map_or(0, |detail| detail.hosts());
            probed += i64::from(Progress::read(unit.checkpoint.as_ref()).next);
        }
        self.totals(hosts).with(tally::PORTS_TOTAL, -probed)
    }

    async fn run(&self, cx: &UnitContext, unit: &PendingUnit) -> Result<UnitDone, UnitError> {
        match Detail::read(&unit.spec)? {
            Detail::Discover(block) => self.discover(cx, block).await,
            Detail::Host(host) => self.scan_host(cx, host, unit).await,
        }
    }

    fn work(&self, tally: &Tally) -> Work {
        Work { done: tally.get(tally::PORTS_SCANNED), total: tally.get(tally::PORTS_TOTAL) }
    }

    fn progress(&self, snapshot: &Snapshot) -> Payload {
        payload::progress(snapshot)
    }

    fn error(&self, task: TaskId, message: &str, fatal: bool, at: Timestamp) -> Payload {
        let kind = if message.contains(host::STARVED) { ErrorType::Resource } else { ErrorType::Internal };
        let context = BTreeMap::from([("fatal".to_owned(), fatal.to_string())]);
        payload::error(task, kind, message, context, at)
    }

    fn ended(&self, task: TaskId, end: &TaskEnd, summary: &TaskSummary, at: Timestamp) -> Vec<Payload> {
        vec![payload::completed(task, end, summary, at)]
    }
}

#[cfg(test)]
mod tests;
