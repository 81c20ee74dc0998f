//! The engine: takes requests, runs them, and knows what became of them.

mod aside;
mod attempt;
mod backoff;
mod book;
mod core;
mod outcome;
mod read;
mod reconcile;
mod retention;
mod run;
mod stop;

use std::fmt;
use std::sync::{Arc, OnceLock};

use groma_execution_types::{ExecutionRequest, ExecutionResult, ExecutionStatus, ResolvedCommand};
use uuid::Uuid;

pub use retention::Cleaned;

pub(crate) use self::core::Engine;
pub(crate) use run::Begin;
pub(crate) use stop::Stop;

use crate::{EventHandler, ExecutionConfig, ExecutionError, LogSink, PlainLogs, SecretSource, Tee, resolve};

/// Runs commands and plans (document 003).
///
/// It needs a tokio runtime with time and I/O. Dropping it stops everything that runs, in the background and as far as
/// the runtime lives on; [`ExecutionEngine::shutdown`] waits until everything is gone.
pub struct ExecutionEngine {
    config: ExecutionConfig,
    handlers: Vec<Arc<dyn EventHandler>>,
    sink: Option<Arc<dyn LogSink>>,
    secrets: Option<Arc<dyn SecretSource>>,
    tee: Option<Arc<dyn Tee>>,
    engine: OnceLock<Arc<Engine>>,
}

impl fmt::Debug for ExecutionEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecutionEngine").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Default for ExecutionEngine {
    /// Returns an engine with the defaults of [`ExecutionConfig`]: no logs, so that lines cannot be read later.
    fn default() -> Self {
        Self::new(ExecutionConfig::default())
    }
}

impl ExecutionEngine {
    /// Returns an engine that works like this.
    #[must_use]
    pub fn new(config: ExecutionConfig) -> Self {
        Self { config, handlers: Vec::new(), sink: None, secrets: None, tee: None, engine: OnceLock::new() }
    }

    /// Adds who is told what happens. To be called before anything is run.
    #[must_use]
    pub fn with_event_handler(mut self, handler: Arc<dyn EventHandler>) -> Self {
        self.handlers.push(handler);
        self
    }

    /// Keeps logs there instead of as plain files in the configured folder. To be called before anything is run.
    #[must_use]
    pub fn with_log_sink(mut self, sink: Arc<dyn LogSink>) -> Self {
        self.sink = Some(sink);
        self
    }

    /// Asks there for secrets that requests name. To be called before anything is run.
    #[must_use]
    pub fn with_secret_source(mut self, secrets: Arc<dyn SecretSource>) -> Self {
        self.secrets = Some(secrets);
        self
    }

    /// Hands the output of all commands on as it comes, byte by byte, as a terminal would have it. To be called before
    /// anything is run.
    #[must_use]
    pub fn with_tee(mut self, tee: Arc<dyn Tee>) -> Self {
        self.tee = Some(tee);
        self
    }

    /// Returns how it works.
    #[must_use]
    pub const fn config(&self) -> &ExecutionConfig {
        &self.config
    }

    /// Checks whether a command would be taken as things are, and starts nothing. To be asked before a request is noted
    /// anywhere: one that shows a secret is refused. What a keychain has is looked at only when it starts.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub fn check(&self, request: &ExecutionRequest) -> Result<(), ExecutionError> {
        resolve::check(request, self.secrets.is_some())
    }

    /// Starts a command, or has it wait for its turn, and returns its id at once.
    ///
    /// # Errors
    /// When it could not start as things are: nothing was started then.
    pub async fn execute(&self, request: ExecutionRequest) -> Result<Uuid, ExecutionError> {
        self.begin(request, None).await
    }

    /// Starts a command as [`Self::execute`] does, and hands its output to `tee` as it comes, too: to a terminal. While
    /// that blocks, the command does.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn execute_to(
        &self,
        request: ExecutionRequest,
        tee: Arc<dyn Tee>,
    ) -> Result<Uuid, ExecutionError> {
        self.begin(request, Some(tee)).await
    }

    async fn begin(
        &self,
        request: ExecutionRequest,
        tee: Option<Arc<dyn Tee>>,
    ) -> Result<Uuid, ExecutionError> {
        let engine = self.engine();
        resolve::check(&request, engine.secrets.is_some())?;
        if let Some(id) = request.id
            && engine.has_log(id).await
        {
            return Err(ExecutionError::Exists(id));
        }
        let id = request.id.unwrap_or_else(Uuid::now_v7);
        let stop = engine.stop.child();
        engine.enter(id, stop.clone())?;
        let runner = Arc::clone(engine);
        let begin = Begin { id, plan: None, request, retry: None, stop, tee };
        engine.tasks.spawn(async move { Box::pin(runner.drive(begin)).await });
        Ok(id)
    }

    /// Returns what a request would run, and starts nothing.
    ///
    /// # Errors
    /// When it could not start as things are.
    pub async fn resolve(&self, request: &ExecutionRequest) -> Result<ResolvedCommand, ExecutionError> {
        resolve::dry_run(request, self.secrets.as_deref()).await
    }

    /// Returns where an execution or a plan is.
    ///
    /// # Errors
    /// When there is none of that id.
    pub async fn get_status(&self, id: Uuid) -> Result<ExecutionStatus, ExecutionError> {
        if let Some(plan) = self.engine().plans.get(id) {
            return Ok(plan.status());
        }
        Ok(self.get_result(id).await?.status)
    }

    /// Returns what became of an execution, or what there is of it by now. Its `stdout` and `stderr` are there from its end
    /// until it is one of the oldest (`results_max`); before and after that its log has them.
    ///
    /// # Errors
    /// When there is none of that id, neither in memory nor with a log.
    pub async fn get_result(&self, id: Uuid) -> Result<Arc<ExecutionResult>, ExecutionError> {
        let engine = self.engine();
        match engine.book.result(id) {
            Some(result) => Ok(result),
            None => engine.recall(id).await.map(Arc::new).ok_or(ExecutionError::NotFound(id)),
        }
    }

    /// Returns what became of an execution, once it has ended and nothing of it is left.
    ///
    /// # Errors
    /// When there is none of that id.
    pub async fn wait(&self, id: Uuid) -> Result<Arc<ExecutionResult>, ExecutionError> {
        match self.engine().wait(id).await {
            Some(result) => Ok(result),
            None => self.get_result(id).await,
        }
    }

    /// Stops an execution: it is asked to end, and killed when it takes longer than its grace. Stopping one again, or one
    /// that has ended, changes nothing.
    ///
    /// # Errors
    /// When there is none of that id.
    pub async fn cancel(&self, id: Uuid) -> Result<(), ExecutionError> {
        self.cancel_because(id, "").await
    }

    /// Stops an execution as [`Self::cancel`] does, and says why.
    ///
    /// # Errors
    /// When there is none of that id.
    pub async fn cancel_because(&self, id: Uuid, reason: &str) -> Result<(), ExecutionError> {
        if let Some(plan) = self.engine().plans.get(id) {
            plan.stop().stop(reason);
            return Ok(());
        }
        match self.engine().book.stop(id, reason) {
            Some(_) => Ok(()),
            None => self.get_result(id).await.map(drop),
        }
    }

    /// Returns all executions that are in memory, the latest first.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<ExecutionResult>> {
        self.engine().book.all()
    }

    /// Ends: takes nothing more, stops what runs, and returns once nothing of it is left and handlers were told.
    pub async fn shutdown(&self) {
        let engine = self.engine();
        engine.stop.stop("the engine is shutting down");
        engine.tasks.close();
        engine.tasks.wait().await;
        engine.delivery.settled().await;
    }

    /// Returns the engine itself, made when it is first needed.
    pub(crate) fn engine(&self) -> &Arc<Engine> {
        self.engine.get_or_init(|| {
            let folder = self.config.log_dir.clone();
            let plain = || folder.map(|folder| Arc::new(PlainLogs::new(folder)) as Arc<dyn LogSink>);
            let sink = self.sink.clone().or_else(plain);
            let mut engine =
                Engine::new(self.config.clone(), self.handlers.clone(), sink, self.secrets.clone());
            engine.tee.clone_from(&self.tee);
            Arc::new(engine)
        })
    }
}

impl Drop for ExecutionEngine {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.get() {
            engine.stop.stop("its engine was dropped");
        }
    }
}
