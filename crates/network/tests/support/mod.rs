//! A world in memory for a scan: the traits of the model, and a small loop that drives the job through its units.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use groma_model::network::{Finding, PortState};
use groma_model::task::{
    CheckpointStore, EndEvents, EventSink, InventoryRead, InventoryWrite, PendingUnit, Plan, Standing,
    StoreError, Tally, TaskEnd, UnitDone,
};
use groma_model::{Payload, PrincipalId, SystemClock, TaskId};
use groma_network::NetworkScan;
use groma_task::{Job, PlanError, TaskContext, UnitContext, UnitError};
use parking_lot::Mutex;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Everything that a scan left behind.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) hosts: BTreeMap<IpAddr, Option<String>>,
    pub(crate) ports: BTreeMap<(IpAddr, u16), PortState>,
    pub(crate) known: HashMap<IpAddr, Vec<u16>>,
    pub(crate) events: Vec<Payload>,
    pub(crate) pending: VecDeque<PendingUnit>,
    pub(crate) planned: Tally,
    pub(crate) counted: BTreeMap<String, Tally>,
    pub(crate) failed: Vec<String>,
}

impl State {
    pub(crate) fn open(&self) -> Vec<(IpAddr, u16)> {
        self.ports.iter().filter(|(_, state)| **state == PortState::Open).map(|(at, _)| *at).collect()
    }

    pub(crate) fn tally(&self) -> Tally {
        let mut sum = self.planned.clone();
        self.counted.values().for_each(|part| sum.add(part));
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

    fn context(&self, cancel: CancellationToken) -> TaskContext {
        TaskContext {
            id: TaskId::now(),
            principal: PrincipalId::from_uuid(Uuid::nil()),
            cancel,
            events: Arc::new(self.clone()),
            inventory: Arc::new(self.clone()),
            known: Arc::new(self.clone()),
            units: Arc::new(self.clone()),
            clock: Arc::new(SystemClock),
        }
    }

    /// Plans the scan and does its units until none is left or `cancel` fires.
    pub(crate) async fn scan(&self, job: &NetworkScan, cancel: CancellationToken) -> Result<(), PlanError> {
        let cx = self.context(cancel.clone());
        let plan = job.plan(&cx).await?;
        {
            let mut state = self.state();
            state.planned = plan.tally;
            state.events.extend(plan.warnings);
            let fresh = |spec| PendingUnit { spec, checkpoint: None, tally: Tally::default(), attempts: 0 };
            state.pending = plan.units.into_iter().map(fresh).collect();
        }
        self.resume(job, cancel).await;
        Ok(())
    }

    /// Does the units that are left.
    pub(crate) async fn resume(&self, job: &NetworkScan, cancel: CancellationToken) {
        let cx = self.context(cancel.clone());
        let mut running = FuturesUnordered::new();
        let mut queue: VecDeque<PendingUnit> = self.state().pending.clone();
        loop {
            while running.len() < job.unit_concurrency() && !cancel.is_cancelled() {
                let Some(unit) = queue.pop_front() else { break };
                let unit_cx = UnitContext::new(cx.clone(), &unit.spec.key, Arc::default());
                running.push(async move {
                    let done = job.run(&unit_cx, &unit).await;
                    (unit, done)
                });
            }
            let Some((unit, done)) = running.next().await else { break };
            let mut state = self.state();
            match done {
                Ok(UnitDone { tally, next }) => {
                    state.counted.insert(unit.spec.key.clone(), tally);
                    state.pending.retain(|left| left.spec.key != unit.spec.key);
                    for spec in next {
                        let next =
                            PendingUnit { spec, checkpoint: None, tally: Tally::default(), attempts: 0 };
                        state.pending.push_back(next.clone());
                        queue.push_back(next);
                    }
                }
                Err(UnitError::Stopped) => {}
                Err(error) => {
                    state.pending.retain(|left| left.spec.key != unit.spec.key);
                    state.failed.push(error.to_string());
                }
            }
        }
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
    async fn begin(&self, _: TaskId, _: Plan, _: Payload) -> Result<(), StoreError> {
        Ok(())
    }
    async fn pending_units(&self, _: TaskId) -> Result<Vec<PendingUnit>, StoreError> {
        Ok(self.state().pending.iter().cloned().collect())
    }
    async fn standing(&self, _: TaskId) -> Result<Standing, StoreError> {
        Ok(Standing { settled: self.state().tally(), ..Standing::default() })
    }
    async fn checkpoint(&self, _: TaskId, unit: &str, kept: Value, tally: Tally) -> Result<(), StoreError> {
        let mut state = self.state();
        if let Some(pending) = state.pending.iter_mut().find(|pending| pending.spec.key == unit) {
            pending.checkpoint = Some(kept);
            pending.tally = tally.clone();
        }
        state.counted.insert(unit.to_owned(), tally);
        Ok(())
    }
    async fn complete(&self, _: TaskId, _: &str, _: UnitDone) -> Result<(), StoreError> {
        Ok(())
    }
    async fn fail(&self, _: TaskId, _: &str, _: String, _: Payload) -> Result<(), StoreError> {
        Ok(())
    }
    async fn progress(&self, _: TaskId, _: Tally, _: Payload) -> Result<(), StoreError> {
        Ok(())
    }
    async fn end(&self, _: TaskId, _: TaskEnd, _: EndEvents) -> Result<bool, StoreError> {
        Ok(true)
    }
}
