//! A store in memory, and jobs made of closures.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use groma_model::Finding;
use groma_model::network::{self, EndStatus};
use groma_model::task::{
    CheckpointStore, EndEvents, EventSink, InventoryRead, InventoryWrite, PendingUnit, Plan, Standing,
    StoreError, Tally, TaskEnd, TaskSummary, UnitDone, UnitSpec,
};
use groma_model::{Clock, Payload, PrincipalId, SystemClock, TaskId, Timestamp};
use parking_lot::Mutex;
use serde_json::Value;

use crate::{
    Beginning, Job, Outcome, PlanError, Snapshot, Stop, TaskContext, UnitContext, UnitError, Work, run,
};

/// Everything that was kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) events: Vec<Payload>,
    pub(super) pending: VecDeque<PendingUnit>,
    pub(super) settled: Tally,
    pub(super) told: Tally,
    pub(super) ended: Option<TaskEnd>,
    /// Findings are refused.
    pub(super) refuses_findings: bool,
    /// Everything is refused.
    pub(super) refuses: bool,
}

/// A store in memory; cloning shares it.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory(pub(super) Arc<Mutex<Kept>>);

impl Memory {
    fn change<T>(&self, task: TaskId, act: impl FnOnce(&mut Kept) -> T) -> Result<T, StoreError> {
        let mut kept = self.0.lock();
        if kept.refuses {
            return Err(StoreError::Failed("full".to_owned()));
        }
        if kept.ended.is_some() {
            return Err(StoreError::TaskEnded(task));
        }
        Ok(act(&mut kept))
    }

    pub(super) fn progress(&self) -> Vec<network::ScanProgress> {
        let events = self.0.lock().events.clone();
        events
            .into_iter()
            .filter_map(|event| match event {
                Payload::NetworkScanProgress(progress) => Some(progress),
                _ => None,
            })
            .collect()
    }

    /// Returns the names of the events, the many of progress left out.
    pub(super) fn story(&self) -> Vec<&'static str> {
        let names =
            self.0.lock().events.iter().map(|event| event.event_type().desktop_name).collect::<Vec<_>>();
        names.into_iter().filter(|name| *name != "scan_progress").collect()
    }
}

#[async_trait]
impl InventoryWrite for Memory {
    async fn record(&self, task: TaskId, _: Vec<Finding>) -> Result<(), StoreError> {
        if self.0.lock().refuses_findings {
            return Err(StoreError::Failed("a row that cannot be".to_owned()));
        }
        self.change(task, |_| ())
    }
}

#[async_trait]
impl InventoryRead for Memory {
    async fn known_open_ports(&self, _: std::net::IpAddr) -> Result<Vec<u16>, StoreError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl EventSink for Memory {
    async fn emit(&self, task: TaskId, payload: Payload) -> Result<(), StoreError> {
        self.change(task, |kept| kept.events.push(payload))
    }
}

fn unit(spec: UnitSpec) -> PendingUnit {
    PendingUnit { spec, checkpoint: None, tally: Tally::default(), attempts: 0 }
}

#[async_trait]
impl CheckpointStore for Memory {
    async fn begin(&self, task: TaskId, plan: Plan, started: Payload) -> Result<(), StoreError> {
        self.change(task, |kept| {
            kept.events.push(started);
            kept.events.extend(plan.warnings);
            kept.pending.extend(plan.units.into_iter().map(unit));
            (kept.settled, kept.told) = (plan.tally.clone(), plan.tally);
        })
    }

    async fn pending_units(&self, _: TaskId) -> Result<Vec<PendingUnit>, StoreError> {
        Ok(self.0.lock().pending.iter().cloned().collect())
    }

    async fn standing(&self, _: TaskId) -> Result<Standing, StoreError> {
        let kept = self.0.lock();
        Ok(Standing { settled: kept.settled.clone(), told: kept.told.clone(), elapsed_ms: 0 })
    }

    async fn checkpoint(
        &self,
        task: TaskId,
        key: &str,
        checkpoint: Value,
        tally: Tally,
    ) -> Result<(), StoreError> {
        self.change(task, |kept| {
            for unit in kept.pending.iter_mut().filter(|unit| unit.spec.key == key) {
                (unit.checkpoint, unit.tally) = (Some(checkpoint.clone()), tally.clone());
            }
        })
    }

    async fn complete(&self, task: TaskId, key: &str, done: UnitDone) -> Result<(), StoreError> {
        self.change(task, |kept| {
            kept.pending.retain(|unit| unit.spec.key != key);
            kept.settled.add(&done.tally);
            kept.pending.extend(done.next.into_iter().map(unit));
        })
    }

    async fn fail(&self, task: TaskId, key: &str, _: String, event: Payload) -> Result<(), StoreError> {
        self.change(task, |kept| {
            kept.pending.retain(|unit| unit.spec.key != key);
            kept.events.push(event);
        })
    }

    async fn progress(&self, task: TaskId, tally: Tally, event: Payload) -> Result<(), StoreError> {
        self.change(task, |kept| {
            kept.told = tally;
            kept.events.push(event);
        })
    }

    async fn end(&self, task: TaskId, end: TaskEnd, events: EndEvents) -> Result<bool, StoreError> {
        self.change(task, |kept| {
            let units_pending = kept.pending.len() as u64;
            let summary = TaskSummary { tally: kept.told.clone(), units_pending, ..TaskSummary::default() };
            kept.events.extend(events(&summary));
            kept.ended = Some(end);
            true
        })
    }
}

pub(super) type Done = Pin<Box<dyn Future<Output = Result<UnitDone, UnitError>> + Send>>;
pub(super) type Act = Box<dyn Fn(UnitContext, PendingUnit) -> Done + Send + Sync>;

/// A job whose units all do the same; `total` is what its plan counts.
pub(super) struct Acting {
    pub(super) units: usize,
    pub(super) total: i64,
    pub(super) concurrency: usize,
    pub(super) plan_waits: bool,
    pub(super) plan_panics: bool,
    pub(super) act: Act,
}

impl std::fmt::Debug for Acting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Acting")
    }
}

impl Acting {
    pub(super) fn new<F>(
        units: usize,
        total: i64,
        act: impl Fn(UnitContext, PendingUnit) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<UnitDone, UnitError>> + Send + 'static,
    {
        let act: Act = Box::new(move |cx, unit| Box::pin(act(cx, unit)));
        Self { units, total, concurrency: 8, plan_waits: false, plan_panics: false, act }
    }
}

pub(super) fn counted(amount: i64) -> Tally {
    Tally::default().with("done", amount)
}

pub(super) fn done(amount: i64) -> UnitDone {
    UnitDone { tally: counted(amount), next: Vec::new() }
}

#[async_trait]
impl Job for Acting {
    fn unit_concurrency(&self) -> usize {
        self.concurrency
    }

    fn started(&self, task: TaskId, resumes: Option<TaskId>, at: Timestamp) -> Payload {
        network::ScanStarted {
            scan_id: task,
            targets: Vec::new(),
            ports: String::new(),
            options: network::ScanOptions {
                profile: String::new(),
                engine: String::new(),
                discovery: false,
                concurrency: 1,
                timeout_ms: 1,
                retries: 0,
                max_rate: None,
                services: false,
                os: false,
                exclude: Vec::new(),
            },
            timestamp: at,
            resumes,
        }
        .into()
    }

    async fn plan(&self, _: &TaskContext) -> Result<Plan, PlanError> {
        assert!(!self.plan_panics, "a slip of ours");
        if self.plan_waits {
            std::future::pending::<()>().await;
        }
        let spec =
            |number: usize| UnitSpec { key: number.to_string(), detail: Value::Null, slices: Vec::new() };
        let units = (0..self.units).map(spec).collect();
        Ok(Plan { units, tally: Tally::default().with("total", self.total), warnings: Vec::new() })
    }

    fn remaining(&self, _: &[PendingUnit]) -> Tally {
        Tally::default().with("total", self.total)
    }

    async fn run(&self, cx: &UnitContext, unit: &PendingUnit) -> Result<UnitDone, UnitError> {
        (self.act)(cx.clone(), unit.clone()).await
    }

    fn work(&self, tally: &Tally) -> Work {
        Work { done: tally.get("done"), total: tally.get("total") }
    }

    fn progress(&self, snapshot: &Snapshot) -> Payload {
        network::ScanProgress {
            scan_id: snapshot.task,
            hosts_scanned: 0,
            total_hosts: 0,
            ports_scanned: snapshot.tally.get("done"),
            total_ports: snapshot.tally.get("total"),
            elapsed_ms: snapshot.elapsed_ms,
            estimated_remaining_ms: snapshot.estimated_remaining_ms,
            timestamp: snapshot.at,
        }
        .into()
    }

    fn error(&self, task: TaskId, message: &str, _: bool, at: Timestamp) -> Payload {
        let (error_type, message) = (network::ErrorType::Internal, message.to_owned());
        let context = std::collections::BTreeMap::new();
        network::Error { scan_id: Some(task), error_type, message, context, timestamp: at }.into()
    }

    fn ended(&self, task: TaskId, end: &TaskEnd, summary: &TaskSummary, at: Timestamp) -> Vec<Payload> {
        let (status, error) = match end {
            TaskEnd::Completed => (EndStatus::Completed, None),
            TaskEnd::Failed { error } => (EndStatus::Failed, Some(error.clone())),
            TaskEnd::Cancelled { reason } => (EndStatus::Cancelled, Some(reason.clone())),
        };
        let results = network::ScanResults {
            hosts_up: 0,
            hosts_scanned: 0,
            ports_open: 0,
            ports_scanned: summary.tally.get("done"),
            href: String::new(),
        };
        let completed = network::ScanCompleted {
            scan_id: task,
            status,
            partial: summary.units_pending > 0,
            success: status == EndStatus::Completed,
            results,
            duration_ms: 0,
            error,
            timestamp: at,
        };
        vec![completed.into()]
    }
}

/// A process's hold on a task.
pub(super) struct Life {
    pub(super) stop: Stop,
    pub(super) over: tokio::task::JoinHandle<Outcome>,
}

/// Begins a job on a store, or goes on with it.
pub(super) fn live(memory: &Memory, job: Acting, beginning: Beginning) -> Life {
    let stop = Stop::new();
    let store = Arc::new(memory.clone());
    let cx = TaskContext {
        id: TaskId::now(),
        principal: PrincipalId::now(),
        cancel: stop.token(),
        events: Arc::clone(&store) as _,
        inventory: Arc::clone(&store) as _,
        known: Arc::clone(&store) as _,
        units: store,
        clock: Arc::new(SystemClock) as Arc<dyn Clock>,
    };
    let over = tokio::spawn(run(Arc::new(job), cx, stop.clone(), beginning));
    Life { stop, over }
}
