//! What an engine implements to become a task.

use async_trait::async_trait;
use groma_model::task::{PendingUnit, Plan, Tally, TaskEnd, TaskSummary, UnitDone};
use groma_model::{Payload, TaskId, Timestamp};

use crate::{TaskContext, UnitContext};

/// How much there is to do, in the job's own measure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Done so far.
    pub done: u64,
    /// In all, as far as known.
    pub total: u64,
}

/// How far a running task is.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The task.
    pub task: TaskId,
    /// The sum over plan and units, those in flight included.
    pub tally: Tally,
    /// Since the task's start, in milliseconds.
    pub elapsed_ms: u64,
    /// How much longer, in milliseconds, once it can be told.
    pub estimated_remaining_ms: Option<u64>,
    /// When this was measured.
    pub at: Timestamp,
}

/// Why a task could not be planned: it ends as failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct PlanError {
    /// The whole story in a sentence.
    pub message: String,
    /// The events that tell it, ahead of the terminal one.
    pub events: Vec<Payload>,
}

/// Why a unit did not get done.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnitError {
    /// The context's token was cancelled; what was found is recorded and a checkpoint is set.
    #[error("stopped")]
    Stopped,
    /// The unit failed; a transient failure is tried again, up to three times in all.
    #[error("{message}")]
    Failed {
        /// What was being done, to what, and why it failed.
        message: String,
        /// Whether trying again may help.
        transient: bool,
    },
    /// The whole task cannot go on.
    #[error("{message}")]
    Fatal {
        /// What was being done, to what, why it failed, and what to do.
        message: String,
    },
    /// Storage refused what was found: nothing can go on.
    #[error(transparent)]
    Store(#[from] groma_model::task::StoreError),
}

/// A long job. One value serves one task; it is shared by all its units.
#[async_trait]
pub trait Job: Send + Sync + std::fmt::Debug + 'static {
    /// How many units run at once.
    fn unit_concurrency(&self) -> usize;
    /// Returns the event with which every task of this kind begins.
    fn started(&self, task: TaskId, resumes: Option<TaskId>, at: Timestamp) -> Payload;
    /// Decides what is to be done, and counts it: a plan's tally is never empty. Called once per new task, never on resume.
    async fn plan(&self, cx: &TaskContext) -> Result<Plan, PlanError>;
    /// Returns the totals of a task that has just these units left, as its plan would.
    fn remaining(&self, units: &[PendingUnit]) -> Tally;
    /// Does one unit, going on from its checkpoint. Stops soon after `cx.cancel` fires.
    async fn run(&self, cx: &UnitContext, unit: &PendingUnit) -> Result<UnitDone, UnitError>;
    /// Measures how much of the work a tally stands for.
    fn work(&self, tally: &Tally) -> Work;
    /// Returns the progress event.
    fn progress(&self, snapshot: &Snapshot) -> Payload;
    /// Returns the event that tells of an error; `fatal` if it ends the task.
    fn error(&self, task: TaskId, message: &str, fatal: bool, at: Timestamp) -> Payload;
    /// Returns the terminal events, in order, the very last of which ends the task.
    fn ended(&self, task: TaskId, end: &TaskEnd, summary: &TaskSummary, at: Timestamp) -> Vec<Payload>;
}
