//! What one handler was not told yet of one execution or plan.

use std::sync::Arc;

use groma_execution_types::{ExecutionEvent, Progress, Started};
use tokio::sync::watch;
use uuid::Uuid;

use crate::output::Position;
use crate::{LogReader, MemoryLogs};

/// What one handler was not told yet of one execution or plan.
#[derive(Debug, Default)]
pub(super) struct Feed {
    /// The plan of which it is a step.
    pub(super) plan: Option<Uuid>,
    /// Its beginning.
    pub(super) started: Option<Started>,
    /// How far its log is.
    pub(super) position: Option<watch::Receiver<Position>>,
    /// How far it is itself.
    pub(super) progress: Option<Progress>,
    /// Its end.
    pub(super) ended: Option<ExecutionEvent>,
    /// Its lines, if they are nowhere else.
    pub(super) memory: Option<Arc<InMemory>>,
    /// Whether it waits for its turn.
    pub(super) queued: bool,
    /// What was told.
    pub(super) told: Told,
}

/// What a handler was told of one execution.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The last line.
    pub(super) lines: u64,
    /// The line that was redrawn.
    pub(super) progress: Option<(String, Option<f64>)>,
    /// The log from which lines are read.
    pub(super) log: Option<LogReader>,
}

/// Lines that are in memory until every handler was told the end.
#[derive(Debug)]
pub(super) struct InMemory {
    pub(super) logs: MemoryLogs,
    pub(super) id: Uuid,
}

impl Drop for InMemory {
    fn drop(&mut self) {
        // Forgetting does not fail.
        let _ = crate::log::remove(&self.logs, self.id);
    }
}
