//! A store between a task and the inventory that counts operations, and strikes at a given one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use groma_inventory::{Inventory, InventoryError};
use groma_model::Finding;
use groma_model::task::{
    CheckpointStore, EndEvents, EventSink, InventoryRead, InventoryWrite, PendingUnit, Plan, Standing,
    StoreError, Tally, TaskEnd, UnitDone,
};
use groma_model::{Payload, TaskId};
use groma_task::{Stop, StopCause};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::world::{Asked, discard};

/// What happens to a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blow {
    /// It dies ahead of the operation.
    KillBefore,
    /// It dies when the operation is on disk, and nobody heard of it.
    KillAfter,
    /// It is asked to stop and go on later.
    Suspend,
    /// Its first task is cancelled.
    Cancel,
    /// An earlier scan is discarded beside it.
    Discard,
}

/// A blow ahead of or behind an operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strike {
    pub(crate) operation: u64,
    pub(crate) blow: Blow,
}

/// The store of one process.
#[derive(Debug)]
pub(crate) struct Meddler {
    inventory: Inventory,
    strike: Option<Strike>,
    operations: AtomicU64,
    stops: Vec<Stop>,
    earlier: Option<Asked>,
    killed: CancellationToken,
}

impl Meddler {
    pub(crate) fn new(
        inventory: Inventory,
        strike: Option<Strike>,
        stops: Vec<Stop>,
        earlier: Option<Asked>,
    ) -> Arc<Self> {
        let killed = CancellationToken::new();
        Arc::new(Self { inventory, strike, operations: AtomicU64::new(0), stops, earlier, killed })
    }

    /// Returns once the process is to die.
    pub(crate) async fn killed(&self) {
        self.killed.cancelled().await;
    }

    async fn through<T>(&self, operation: impl Future<Output = T>) -> T {
        let number = self.operations.fetch_add(1, Ordering::Relaxed);
        if self.killed.is_cancelled() {
            return std::future::pending().await;
        }
        let blow = self.strike.filter(|strike| strike.operation == number).map(|strike| strike.blow);
        match blow {
            Some(Blow::KillBefore) => self.die().await,
            Some(Blow::Suspend) => {
                for stop in &self.stops {
                    stop.ask(StopCause::Suspend);
                }
            }
            Some(Blow::Cancel) => {
                if let Some(stop) = self.stops.first() {
                    stop.ask(StopCause::Cancel { reason: "the script says so".to_owned() });
                }
            }
            Some(Blow::Discard) => {
                if let Some(earlier) = &self.earlier {
                    match discard(&self.inventory, earlier).await {
                        Ok(_) | Err(InventoryError::Conflict(_) | InventoryError::NotFound { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
            _ => {}
        }
        let result = operation.await;
        if blow == Some(Blow::KillAfter) { self.die().await } else { result }
    }

    async fn die<T>(&self) -> T {
        self.killed.cancel();
        std::future::pending().await
    }
}

#[async_trait]
impl InventoryWrite for Meddler {
    async fn record(&self, task: TaskId, findings: Vec<Finding>) -> Result<(), StoreError> {
        self.through(self.inventory.record(task, findings)).await
    }
}

#[async_trait]
impl InventoryRead for Meddler {
    async fn known_open_ports(&self, address: std::net::IpAddr) -> Result<Vec<u16>, StoreError> {
        self.through(self.inventory.known_open_ports(address)).await
    }
}

#[async_trait]
impl EventSink for Meddler {
    async fn emit(&self, task: TaskId, payload: Payload) -> Result<(), StoreError> {
        self.through(self.inventory.emit(task, payload)).await
    }
}

#[async_trait]
impl CheckpointStore for Meddler {
    async fn begin(&self, task: TaskId, plan: Plan, started: Payload) -> Result<(), StoreError> {
        self.through(self.inventory.begin(task, plan, started)).await
    }

    async fn pending_units(&self, task: TaskId) -> Result<Vec<PendingUnit>, StoreError> {
        self.through(self.inventory.pending_units(task)).await
    }

    async fn standing(&self, task: TaskId) -> Result<Standing, StoreError> {
        self.through(self.inventory.standing(task)).await
    }

    async fn checkpoint(
        &self,
        task: TaskId,
        unit: &str,
        checkpoint: Value,
        tally: Tally,
    ) -> Result<(), StoreError> {
        self.through(self.inventory.checkpoint(task, unit, checkpoint, tally)).await
    }

    async fn complete(&self, task: TaskId, unit: &str, done: UnitDone) -> Result<(), StoreError> {
        self.through(self.inventory.complete(task, unit, done)).await
    }

    async fn fail(&self, task: TaskId, unit: &str, error: String, event: Payload) -> Result<(), StoreError> {
        self.through(self.inventory.fail(task, unit, error, event)).await
    }

    async fn progress(&self, task: TaskId, tally: Tally, event: Payload) -> Result<(), StoreError> {
        self.through(self.inventory.progress(task, tally, event)).await
    }

    async fn end(&self, task: TaskId, end: TaskEnd, events: EndEvents) -> Result<bool, StoreError> {
        self.through(self.inventory.end(task, end, events)).await
    }
}
