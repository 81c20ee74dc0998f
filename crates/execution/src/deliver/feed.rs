//! What one handler was not told yet of one execution or plan.

use groma_execution_types::{ExecutionEvent, Progress, Started};
use tokio::sync::watch;
use uuid::Uuid;

use crate::LogReader;
use crate::output::Position;

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
