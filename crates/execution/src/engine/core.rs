//! What all executions of an engine share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use groma_execution_types::ExecutionResult;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::book::Book;
use super::stop::Stop;
use crate::deliver::Delivery;
use crate::output::OutputOptions;
use crate::plan::Plans;
use crate::process::{Cgroup, Cgroups, Sweeper};
use crate::{
    Containment, EventHandler, ExecutionConfig, ExecutionError, LogSink, ProcessIdentity, SecretSource, Tee,
};

/// What all executions of an engine share.
pub(crate) struct Engine {
    pub(crate) config: ExecutionConfig,
    pub(crate) sink: Option<Arc<dyn LogSink>>,
    pub(crate) secrets: Option<Arc<dyn SecretSource>>,
    /// Takes output as it comes.
    pub(crate) tee: Option<Arc<dyn Tee>>,
    pub(crate) delivery: Delivery,
    pub(crate) book: Book,
    pub(crate) plans: Plans,
    pub(crate) sweeper: Sweeper,
    /// How many run at once.
    pub(crate) slots: Semaphore,
    /// What runs; closed when the engine ends.
    pub(crate) tasks: TaskTracker,
    /// Stops everything.
    pub(crate) stop: Stop,
    /// The process that this is.
    pub(crate) own: ProcessIdentity,
    cgroups: Result<Option<Cgroups>, String>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("config", &self.config)
            .field("book", &self.book)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// Returns an engine of these parts.
    pub(crate) fn new(
        config: ExecutionConfig,
        handlers: Vec<Arc<dyn EventHandler>>,
        sink: Option<Arc<dyn LogSink>>,
        secrets: Option<Arc<dyn SecretSource>>,
    ) -> Self {
        let cgroups = match config.containment {
            Containment::ProcessGroup => Ok(None),
            Containment::Auto => Ok(Cgroups::detect().ok()),
            Containment::Cgroup => Cgroups::detect().map(Some).map_err(|error| error.to_string()),
        };
        Self {
            delivery: Delivery::new(handlers, sink.clone()),
            sink,
            secrets,
            tee: None,
            book: Book::new(config.results_max),
            plans: Plans::default(),
            sweeper: Sweeper::default(),
            slots: Semaphore::new(config.max_concurrent.clamp(1, Semaphore::MAX_PERMITS)),
            tasks: TaskTracker::new(),
            stop: Stop::default(),
            own: ProcessIdentity::own(),
            cgroups,
            config,
        }
    }

    /// Enters an execution in the book.
    ///
    /// # Errors
    /// When there is one of that id, or the engine is ending.
    pub(crate) fn enter(&self, id: Uuid, stop: Stop) -> Result<(), ExecutionError> {
        if self.stop.is_stopped() {
            return Err(ExecutionError::Stopping);
        }
        if self.book.enter(id, stop) { Ok(()) } else { Err(ExecutionError::Exists(id)) }
    }

    /// Returns the control group of an execution; `None` where there is to be none.
    ///
    /// # Errors
    /// When there has to be one and there cannot be.
    pub(crate) fn cgroup(&self, id: Uuid) -> Result<Option<Cgroup>, String> {
        let Some(cgroups) = self.cgroups.as_ref().map_err(Clone::clone)? else { return Ok(None) };
        match cgroups.make(id) {
            Ok(cgroup) => Ok(Some(cgroup)),
            Err(_) if self.config.containment == Containment::Auto => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Returns how output is kept.
    pub(crate) const fn output_options(&self) -> OutputOptions {
        OutputOptions {
            line_bytes_max: self.config.line_bytes_max,
            log_bytes_max: self.config.log_bytes_max,
            result_bytes_max: self.config.result_bytes_max,
        }
    }

    /// Returns the limit of one attempt.
    pub(crate) fn attempt_limit(&self, timeout_ms: Option<u64>) -> Option<Duration> {
        match timeout_ms {
            Some(0) => None,
            Some(limit) => Some(Duration::from_millis(limit)),
            None => self.config.timeout,
        }
    }

    /// Returns the result of an execution once it has ended; `None` if there is none.
    pub(crate) async fn wait(&self, id: Uuid) -> Option<Arc<ExecutionResult>> {
        let mut watch = self.book.watch(id)?;
        let ended = watch.wait_for(|result| result.status.is_terminal()).await;
        ended.ok().map(|result| Arc::clone(&result))
    }
}

/// Returns an error with what caused it, for people.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
