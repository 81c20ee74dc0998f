//! Long jobs: their units, their ends, and the traits through which engines reach the ground.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::thing::SliceKey;
use crate::{Finding, Payload, TaskId};

/// Named amounts that add up over units, such as `ports_scanned`; a part may be negative, a sum never is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tally(BTreeMap<String, i64>);

impl Tally {
    /// Returns the tally with `amount` added to what is counted under `name`.
    #[must_use]
    pub fn with(mut self, name: &str, amount: i64) -> Self {
        *self.0.entry(name.to_owned()).or_default() += amount;
        self
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: &Self) {
        for (name, amount) in &other.0 {
            *self.0.entry(name.clone()).or_default() += amount;
        }
    }

    /// Returns everything that is counted, by name; what is below nothing is left out.
    #[must_use]
    pub fn amounts(&self) -> BTreeMap<String, u64> {
        let amounts = self.0.iter().map(|(name, amount)| (name.clone(), u64::try_from(*amount)));
        amounts.filter_map(|(name, amount)| Some((name, amount.ok()?))).collect()
    }

    /// Returns what is counted under `name`, 0 if nothing is.
    #[must_use]
    pub fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default().max(0) as u64
    }
}

/// A piece of a task that is done, failed, resumed and retried as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitSpec {
    /// Names the unit within its task, for ever.
    pub key: String,
    /// What to do; read by the job alone.
    pub detail: Value,
    /// The slices of the world that are read when this unit, and every other of the task that names them, is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slices: Vec<SliceKey>,
}

/// A unit that is still to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingUnit {
    /// What to do.
    pub spec: UnitSpec,
    /// Where an earlier attempt got to.
    pub checkpoint: Option<Value>,
    /// What earlier attempts counted up to the checkpoint.
    pub tally: Tally,
    /// How often it was tried before.
    pub attempts: u32,
}

/// What a finished unit leaves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnitDone {
    /// What the unit counted, from its very start.
    pub tally: Tally,
    /// Units that follow from it.
    pub next: Vec<UnitSpec>,
}

/// Everything a task sets out to do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The first units, in the order in which they are taken up.
    pub units: Vec<UnitSpec>,
    /// What is known of the whole from the start, such as totals.
    pub tally: Tally,
    /// What went wrong in planning and stops nothing.
    pub warnings: Vec<Payload>,
}

/// How far a task is, as kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// The plan's tally plus that of finished units.
    pub settled: Tally,
    /// The last tally that was told: what is told later must not fall behind it.
    pub told: Tally,
    /// Milliseconds since the start.
    pub elapsed_ms: u64,
}

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskEnd {
    /// Every unit was tried.
    Completed,
    /// It could not go on.
    Failed {
        /// Why, for people.
        error: String,
    },
    /// Somebody stopped it.
    Cancelled {
        /// Why, as given.
        reason: String,
    },
}

/// What a task did, read in the transaction that ends it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskSummary {
    /// How far it got, as told last.
    pub tally: Tally,
    /// Distinct things seen, by kind, such as `network.host`.
    pub seen: BTreeMap<String, u64>,
    /// Units done.
    pub units_done: u64,
    /// Units that failed for good.
    pub units_failed: u64,
    /// Units never finished.
    pub units_pending: u64,
    /// From start to end, in milliseconds.
    pub duration_ms: u64,
}

/// Why something could not be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The task has ended: nothing may follow its terminal event.
    #[error("task {0} has ended")]
    TaskEnded(TaskId),
    /// Storage stopped taking anything.
    #[error("storage failed: {0}")]
    Failed(String),
}

/// Builds the terminal events from the summary, inside the ending transaction.
pub type EndEvents = Box<dyn FnOnce(&TaskSummary) -> Vec<Payload> + Send>;

/// Where engines put what they found. Returns once it is on disk together with its events.
#[async_trait]
pub trait InventoryWrite: Send + Sync + fmt::Debug {
    /// Records findings of a running task.
    async fn record(&self, task: TaskId, findings: Vec<Finding>) -> Result<(), StoreError>;
}

/// What engines may ask the inventory.
#[async_trait]
pub trait InventoryRead: Send + Sync + fmt::Debug {
    /// Returns the TCP ports that earlier scans left open at an address.
    async fn known_open_ports(&self, address: std::net::IpAddr) -> Result<Vec<u16>, StoreError>;
}

/// Where engines tell what happens. Returns once it is on disk.
#[async_trait]
pub trait EventSink: Send + Sync + fmt::Debug {
    /// Emits an event of a running task.
    async fn emit(&self, task: TaskId, payload: Payload) -> Result<(), StoreError>;
}

/// Where tasks and their units are kept. Every call returns once it is on disk.
#[async_trait]
pub trait CheckpointStore: Send + Sync + fmt::Debug {
    /// Takes a queued task into work: stores its plan and emits `started`, then the plan's warnings, once per task.
    async fn begin(&self, task: TaskId, plan: Plan, started: Payload) -> Result<(), StoreError>;
    /// Returns the units still to be done, in the order of their making.
    async fn pending_units(&self, task: TaskId) -> Result<Vec<PendingUnit>, StoreError>;
    /// Returns how far the task was when it was last looked at.
    async fn standing(&self, task: TaskId) -> Result<Standing, StoreError>;
    /// Notes how far a unit is; `tally` is what it counted from its very start.
    async fn checkpoint(
        &self,
        task: TaskId,
        unit: &str,
        checkpoint: Value,
        tally: Tally,
    ) -> Result<(), StoreError>;
    /// Marks a unit done and adds what follows from it.
    async fn complete(&self, task: TaskId, unit: &str, done: UnitDone) -> Result<(), StoreError>;
    /// Marks a unit failed for good and emits the event that tells it.
    async fn fail(&self, task: TaskId, unit: &str, error: String, event: Payload) -> Result<(), StoreError>;
    /// Emits how far the task is and keeps the tally for those who ask.
    async fn progress(&self, task: TaskId, tally: Tally, event: Payload) -> Result<(), StoreError>;
    /// Emits the terminal events and ends the task; `false` if it had ended before.
    async fn end(&self, task: TaskId, end: TaskEnd, events: EndEvents) -> Result<bool, StoreError>;
}
