//! Tells handlers what happens, each at its own pace.

use std::sync::Arc;

use groma_execution_types::{ExecutionEvent, Progress, Started};
use tokio::sync::watch;
use uuid::Uuid;

use crate::output::Position;
use crate::{EventHandler, LogSink};

/// Tells handlers what happens. None of its calls waits for a handler. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    handlers: Arc<[Arc<dyn EventHandler>]>,
}

impl Delivery {
    /// Returns delivery to these handlers, of lines from the logs in `sink`.
    pub(crate) fn new(handlers: Vec<Arc<dyn EventHandler>>, sink: Option<Arc<dyn LogSink>>) -> Self {
        drop(sink);
        Self { handlers: handlers.into() }
    }

    /// An execution or a plan began.
    pub(crate) fn started(&self, started: Started) {
        let _ = (&self.handlers, started);
    }

    /// Tells the lines and the progress of an execution from now on; after `started`, before `ended`.
    pub(crate) fn follow(&self, id: Uuid, position: watch::Receiver<Position>) {
        let _ = (id, position);
    }

    /// A plan is this far.
    pub(crate) fn progress(&self, progress: Progress) {
        let _ = progress;
    }

    /// An execution or a plan ended: told after all its lines, of a plan after all its steps. Nothing follows it.
    pub(crate) fn ended(&self, event: ExecutionEvent) {
        let _ = event;
    }

    /// Returns once everything was told that happened before.
    pub(crate) async fn settled(&self) {}
}
