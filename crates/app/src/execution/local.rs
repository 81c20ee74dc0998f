//! A run in the process of whoever asked for it, reported to the holder of the data folder.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use groma_api::{ApiError, ErrorCode, RunReport};
use groma_execution::{
    Approval, EventHandler, ExecutionConfig, ExecutionEngine, ExecutionError, ExecutionPlan,
    ExecutionRequest, ExecutionResult, PlanResult, Tee,
};
use groma_inventory::LogKey;
use groma_model::ExecutionId;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::keychain::Keychain;
use super::prepare::Work;
use super::refusal::refusal;
use super::report::{ReportTo, Reporter};
use super::sealed_logs::SealedLogs;

/// One run in this process.
#[derive(Debug)]
pub struct LocalRun {
    engine: Arc<ExecutionEngine>,
    reporter: Arc<Reporter>,
    id: Uuid,
    /// Ends reporting.
    stop: CancellationToken,
}

impl LocalRun {
    /// Begins a command.
    ///
    /// # Errors
    /// When it could not start, or nobody notes it: nothing was started then.
    pub async fn command(
        config: ExecutionConfig,
        request: ExecutionRequest,
        plain_log: bool,
        handlers: Vec<Arc<dyn EventHandler>>,
        to: Arc<dyn ReportTo>,
    ) -> Result<Self, ApiError> {
        Self::begin(config, Work::command(request)?, plain_log, handlers, None, to).await
    }

    /// Begins a command whose output is passed on as it comes, too.
    ///
    /// # Errors
    /// As [`Self::command`].
    pub async fn command_with_tee(
        config: ExecutionConfig,
        request: ExecutionRequest,
        plain_log: bool,
        handlers: Vec<Arc<dyn EventHandler>>,
        tee: Option<Arc<dyn Tee>>,
        to: Arc<dyn ReportTo>,
    ) -> Result<Self, ApiError> {
        Self::begin(config, Work::command(request)?, plain_log, handlers, tee, to).await
    }

    /// Begins a plan; with `approved` only if what would run is still what was approved.
    ///
    /// # Errors
    /// As [`Self::command`].
    pub async fn plan(
        config: ExecutionConfig,
        plan: ExecutionPlan,
        approved: Option<Approval>,
        plain_log: bool,
        handlers: Vec<Arc<dyn EventHandler>>,
        to: Arc<dyn ReportTo>,
    ) -> Result<Self, ApiError> {
        Self::begin(config, Work::plan(plan, approved)?, plain_log, handlers, None, to).await
    }

    async fn begin(
        config: ExecutionConfig,
        work: Work,
        plain_log: bool,
        handlers: Vec<Arc<dyn EventHandler>>,
        tee: Option<Arc<dyn Tee>>,
        to: Arc<dyn ReportTo>,
    ) -> Result<Self, ApiError> {
        work.check(&ExecutionEngine::new(config.clone()).with_secret_source(Arc::new(Keychain))).await?;
        let grant = to.begin(work.noted()).await?;
        let key = LogKey::of_text(&grant.log_key)
            .ok_or_else(|| ApiError::new(ErrorCode::Internal, "the key for the log is no key"))?;
        let (id, executions) = (work.id(), work.executions());
        let logs = SealedLogs::new(Path::new(&grant.log_dir), plain_log);
        logs.know(executions.iter().copied(), &key);
        let reporter = Arc::new(Reporter::new(Arc::clone(&to), true));
        let mut engine = ExecutionEngine::new(config)
            .with_log_sink(Arc::new(logs))
            .with_secret_source(Arc::new(Keychain))
            .with_event_handler(Arc::clone(&reporter) as _);
        for handler in handlers {
            engine = engine.with_event_handler(handler);
        }
        if let Some(tee) = tee {
            engine = engine.with_tee(tee);
        }
        let engine = Arc::new(engine);
        reporter.reports_for(&engine);
        reporter.add(id, work.is_plan(), executions.into_iter());
        if let Err(error) = launch(&engine, work.clone()).await {
            let refused = refusal(error);
            let report = RunReport { events: work.refused(&refused.detail), ..RunReport::default() };
            to.report(ExecutionId::from_uuid(id), report).await?;
            return Err(refused);
        }
        let stop = CancellationToken::new();
        tokio::spawn(Arc::clone(&reporter).work(stop.clone()));
        Ok(Self { engine, reporter, id, stop })
    }

    /// Returns the engine that runs it.
    #[must_use]
    pub fn engine(&self) -> &ExecutionEngine {
        &self.engine
    }

    /// Returns the id of the execution or the plan.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Returns what became of the command, once it has ended.
    pub async fn wait(&self) -> ExecutionResult {
        loop {
            if let Ok(result) = self.engine.wait(self.id).await {
                return (*result).clone();
            }
            // It was entered before this could be asked, and is kept while this lives.
            tokio::task::yield_now().await;
        }
    }

    /// Returns what became of the plan, once it has ended.
    pub async fn wait_plan(&self) -> PlanResult {
        loop {
            if let Ok(result) = self.engine.wait_plan(self.id).await {
                return result;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Returns once everything was reported, or after `patience` with what could not be told: the log's own end note
    /// lets the next holder find out.
    ///
    /// # Errors
    /// When not everything could be told.
    pub async fn finish(self, patience: Duration) -> Result<(), ApiError> {
        let reported = tokio::time::timeout(patience, self.reporter.reported(self.id)).await;
        self.reporter.abandon(self.id);
        reported.unwrap_or_else(|_| {
            let detail = format!("nobody took the report within {} seconds", patience.as_secs());
            Err(ApiError::new(ErrorCode::Unavailable, detail))
        })
    }
}

impl Drop for LocalRun {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Starts what was noted.
pub(crate) async fn launch(engine: &ExecutionEngine, work: Work) -> Result<Uuid, ExecutionError> {
    match work {
        Work::Command(request) => engine.execute(*request).await,
        Work::Plan(plan, Some(approved)) => engine.execute_approved(*plan, approved).await,
        Work::Plan(plan, None) => engine.execute_plan(*plan).await,
    }
}
