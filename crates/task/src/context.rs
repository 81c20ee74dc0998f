//! What a job is given: who it is, where findings go, and when to stop.

use std::sync::Arc;

use groma_model::Finding;
use groma_model::task::{CheckpointStore, EventSink, InventoryRead, InventoryWrite, StoreError, Tally};
use groma_model::{Clock, Payload, PrincipalId, TaskId};
use parking_lot::Mutex;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// The surroundings of a running task; cloning shares them.
#[derive(Debug, Clone)]
pub struct TaskContext {
    /// The task.
    pub id: TaskId,
    /// Who asked for it.
    pub principal: PrincipalId,
    /// Fires when the task should stop, whatever the reason.
    pub cancel: CancellationToken,
    /// Where events go that are not findings.
    pub events: Arc<dyn EventSink>,
    /// Where findings go.
    pub inventory: Arc<dyn InventoryWrite>,
    /// What is known already.
    pub known: Arc<dyn InventoryRead>,
    /// Where units are kept.
    pub units: Arc<dyn CheckpointStore>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
}

/// The surroundings of one running unit.
#[derive(Debug, Clone)]
pub struct UnitContext {
    /// Those of its task.
    pub task: TaskContext,
    key: Arc<str>,
    live: Arc<Mutex<Tally>>,
    kept: Arc<Mutex<Option<(Value, Tally)>>>,
}

impl UnitContext {
    /// Makes the surroundings of the unit `key`; `live` is read by whoever reports progress.
    #[must_use]
    pub fn new(task: TaskContext, key: &str, live: Arc<Mutex<Tally>>) -> Self {
        Self { task, key: key.into(), live, kept: Arc::default() }
    }

    /// Records findings; returns once they are on disk with their events, so that a slow disk slows the scan.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn record(&self, findings: Vec<Finding>) -> Result<(), StoreError> {
        if findings.is_empty() {
            return Ok(());
        }
        self.task.inventory.record(self.task.id, findings).await
    }

    /// Emits an event that is not a finding.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn emit(&self, payload: Payload) -> Result<(), StoreError> {
        self.task.events.emit(self.task.id, payload).await
    }

    /// Notes what the unit has counted so far, from its very start; costs nothing and is not kept.
    pub fn report(&self, tally: Tally) {
        *self.live.lock() = tally;
    }

    /// Keeps how far the unit is; a later process goes on from there. Record what was found up to here first.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn checkpoint(&self, checkpoint: Value, tally: Tally) -> Result<(), StoreError> {
        self.report(tally.clone());
        self.task.units.checkpoint(self.task.id, &self.key, checkpoint.clone(), tally.clone()).await?;
        *self.kept.lock() = Some((checkpoint, tally));
        Ok(())
    }

    /// Returns the newest checkpoint set by this attempt or one before it in this process.
    pub(crate) fn kept(&self) -> Option<(Value, Tally)> {
        self.kept.lock().clone()
    }
}
