//! A world in memory for a scan: the traits of the model over plain maps.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use groma_model::Finding;
use groma_model::network::PortState;
use groma_model::task::{
    CheckpointStore, EndEvents, EventSink, InventoryRead, InventoryWrite, PendingUnit, Plan, Standing,
    StoreError, Tally, TaskEnd, TaskSummary, UnitDone, UnitSpec,
};
use groma_model::{Payload, PrincipalId, SystemClock, TaskId};
use groma_network::NetworkScan;
use groma_task::{Beginning, Outcome, Stop, TaskContext};
use parking_lot::Mutex;
use serde_json::Value;
use uuid::Uuid;

/// Everything that a scan left behind.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) hosts: BTreeMap<IpAddr, Option<String>>,
    pub(crate) ports: BTreeMap<(IpAddr, u16), PortState>,
    pub(crate) known: HashMap<IpAddr, Vec<u16>>,
    pub(crate) events: Vec<Payload>,
    pub(crate) pending: Vec<PendingUnit>,
    pub(crate) planned: Tally,
    pub(crate) done: Vec<Tally>,
    pub(crate) told: Tally,
    pub(crate) failed: Vec<String>,
}

impl State {
    pub(crate) fn open(&self) -> Vec<(IpAddr, u16)> {
        self.ports.iter().filter(|(_, state)| **state == PortState::Open).map(|(at, _)| *at).collect()
    }

    /// What the plan and finished units count.
    fn settled(&self) -> Tally {
        let mut sum = self.planned.clone();
        self.done.iter().for_each(|part| sum.add(part));
        sum
    }

    /// What the plan and all units count, those not finished up to their checkpoints.
    pub(crate) fn tally(&self) -> Tally {
        let mut sum = self.settled();
        self.pending.iter().for_each(|unit| sum.add(&unit.tally));
        sum
    }
}

type Watcher = Box<dyn Fn(&Finding) + Send + Sync>;

/// The world; cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct World {
    state: Arc<Mutex<State>>,
    watcher: Arc<Mutex<Option<Watcher>>>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl World {
    pub(crate) fn state(&self) -> parking_lot::MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Calls `watcher` with every finding as it is recorded.
    pub(crate) fn watch(&self, watcher: impl Fn(&Finding) + Send + Sync + 'static) {
        *self.watcher.lock() = Some(Box::new(watcher));
    }

    /// Runs a new scan until it ends or `stop` is asked.
    pub(crate) async fn scan(&self, job: NetworkScan, stop: &Stop) -> Outcome {
        self.run(job, stop, Beginning::New { resumes: None }).await
    }

    /// Goes on with a scan that was suspended.
    pub(crate) async fn resume(&self, job: NetworkScan, stop: &Stop) -> Outcome {
        self.run(job, stop, Beginning::Resumed).await
    }

    async fn run(&self, job: NetworkScan, stop: &Stop, beginning: Beginning) -> Outcome {
        let cx = TaskContext {
            id: TaskId::from_uuid(Uuid::nil()),
            principal: PrincipalId::from_uuid(Uuid::nil()),
            cancel: stop.token(),
            events: Arc::new(self.clone()),
            inventory: Arc::new(self.clone()),
            known: Arc::new(self.clone()),
            units: Arc::new(self.clone()),
            clock: Arc::new(SystemClock),
        };
        groma_task::run(Arc::new(job), cx, stop.clone(), beginning).await
    }
}

#[async_trait]
impl InventoryWrite for World {
    async fn record(&self, _: TaskId, findings: Vec<Finding>) -> Result<(), StoreError> {
        for finding in &findings {
            if let Some(watcher) = &*self.watcher.lock() {
                watcher(finding);
            }
        }
        let mut state = self.state();
        for finding in findings {
            match finding {
                Finding::Host(host) => {
                    state.hosts.insert(host.address, host.hostname);
                }
                Finding::Port(port) => {
                    state.ports.insert((port.address, port.port), port.state);
                }
                Finding::Thing(_) | Finding::Slice(_) => {}
            }
        }
        Ok(())
    }
}

#[async_trait]
impl InventoryRead for World {
    async fn known_open_ports(&self, address: IpAddr) -> Result<Vec<u16>, StoreError> {
        Ok(self.state().known.get(&address).cloned().unwrap_or_default())
    }
}

#[async_trait]
impl EventSink for World {
    async fn emit(&self, _: TaskId, payload: Payload) -> Result<(), StoreError> {
        self.state().events.push(payload);
        Ok(())
    }
}

#[async_trait]
impl CheckpointStore for World {
    async fn begin(&self, _: TaskId, plan: Plan, started: Payload) -> Result<(), StoreError> {
        let mut state = self.state();
        state.events.push(started);
        state.events.extend(plan.warnings);
        state.planned = plan.tally;
        state.pending = plan.units.into_iter().map(fresh).collect();
        Ok(())
    }

    async fn pending_units(&self, _: TaskId) -> Result<Vec<PendingUnit>, StoreError> {
        Ok(self.state().pending.clone())
    }

    async fn standing(&self, _: TaskId) -> Result<Standing, StoreError> {
        let state = self.state();
        Ok(Standing { settled: state.settled(), told: state.told.clone(), elapsed_ms: 0 })
    }

    async fn checkpoint(&self, _: TaskId, unit: &str, kept: Value, tally: Tally) -> Result<(), StoreError> {
        if let Some(pending) = self.state().pending.iter_mut().find(|pending| pending.spec.key == unit) {
            pending.checkpoint = Some(kept);
            pending.tally = tally;
        }
        Ok(())
    }

    async fn complete(&self, _: TaskId, unit: &str, done: UnitDone) -> Result<(), StoreError> {
        let mut state = self.state();
        state.pending.retain(|pending| pending.spec.key != unit);
        state.done.push(done.tally);
        state.pending.extend(done.next.into_iter().map(fresh));
        Ok(())
    }

    async fn fail(&self, _: TaskId, unit: &str, error: String, event: Payload) -> Result<(), StoreError> {
        let mut state = self.state();
        state.pending.retain(|pending| pending.spec.key != unit);
        state.failed.push(error);
        state.events.push(event);
        Ok(())
    }

    async fn progress(&self, _: TaskId, tally: Tally, event: Payload) -> Result<(), StoreError> {
        let mut state = self.state();
        state.told = tally;
        state.events.push(event);
        Ok(())
    }

    async fn end(&self, _: TaskId, _: TaskEnd, events: EndEvents) -> Result<bool, StoreError> {
        let mut state = self.state();
        let seen = [("network.host", state.hosts.len()), ("network.service", state.open().len())];
        let summary = TaskSummary {
            tally: state.tally(),
            seen: seen.into_iter().map(|(kind, count)| (kind.to_owned(), count as u64)).collect(),
            units_done: state.done.len() as u64,
            units_failed: state.failed.len() as u64,
            units_pending: state.pending.len() as u64,
            duration_ms: 0,
        };
        state.events.extend(events(&summary));
        Ok(true)
    }
}

fn fresh(spec: UnitSpec) -> PendingUnit {
    PendingUnit { spec, checkpoint: None, tally: Tally::default(), attempts: 0 }
}
