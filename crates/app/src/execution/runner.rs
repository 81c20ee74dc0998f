//! The engine of the process that holds the data folder: it runs what is asked over the API.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use groma_api::{ApiError, ErrorCode, ExecutionOrigin, RunGrant, RunReport, RunRequest, RunStanding};
use groma_execution::ExecutionEngine;
use groma_inventory::LogKey;
use groma_model::ExecutionId;
use tokio_util::sync::CancellationToken;

use super::keychain::Keychain;
use super::local::launch;
use super::prepare::Work;
use super::refusal::refusal;
use super::report::{ReportTo, Reporter};
use super::sealed_logs::SealedLogs;
use crate::backend::Caller;
use crate::{App, error};

/// What runs commands in this process.
#[derive(Debug)]
pub(crate) struct Runner {
    pub(crate) engine: Arc<ExecutionEngine>,
    pub(crate) reporter: Arc<Reporter>,
    logs: Arc<SealedLogs>,
    stop: CancellationToken,
}

impl Runner {
    fn new(app: &Arc<App>) -> Self {
        let logs = Arc::new(SealedLogs::new(app.executions.log_dir(), false));
        let reporter = Arc::new(Reporter::new(Arc::new(Records(Arc::downgrade(app))), false));
        let engine = ExecutionEngine::new(app.executions.options.config())
            .with_log_sink(Arc::clone(&logs) as _)
            .with_secret_source(Arc::new(Keychain))
            .with_event_handler(Arc::clone(&reporter) as _);
        let engine = Arc::new(engine);
        reporter.reports_for(&engine);
        let stop = CancellationToken::new();
        tokio::spawn(Arc::clone(&reporter).work(stop.clone()));
        Self { engine, reporter, logs, stop }
    }

    /// Stops what runs and returns once that was reported.
    pub(crate) async fn end(&self) {
        self.engine.shutdown().await;
        self.reporter.settled().await;
        self.stop.cancel();
    }
}

/// Keeps the records of what runs here.
#[derive(Debug)]
struct Records(Weak<App>);

#[async_trait]
impl ReportTo for Records {
    async fn begin(&self, _request: RunRequest) -> Result<RunGrant, ApiError> {
        Err(ApiError::new(ErrorCode::Internal, "what runs here is noted with who asked for it"))
    }

    async fn report(&self, run: ExecutionId, report: RunReport) -> Result<RunStanding, ApiError> {
        let Some(app) = self.0.upgrade() else {
            return Err(ApiError::new(ErrorCode::StorageFailed, "the data folder is closed"));
        };
        let standing = app.inventory.report_run(run.uuid(), report).await.map_err(error::inventory)?;
        app.executions.moved();
        Ok(standing)
    }
}

impl App {
    /// Returns the engine of this process, made when it is first needed.
    pub(crate) fn runner(self: &Arc<Self>) -> &Runner {
        self.executions.runner.get_or_init(|| Runner::new(self))
    }
}

impl Caller {
    /// Notes and starts what is asked over the API.
    pub(crate) async fn run(&self, work: Work) -> Result<(), ApiError> {
        let runner = self.app.runner();
        let (id, executions) = (work.id(), work.executions());
        let grant = self.begin(id, work.noted(), ExecutionOrigin::Server).await?;
        let key = LogKey::of_text(&grant.log_key)
            .ok_or_else(|| ApiError::new(ErrorCode::Internal, "the key for the log is no key"))?;
        runner.logs.know(executions.iter().copied(), &key);
        runner.reporter.add(id, work.is_plan(), executions.into_iter());
        if let Err(error) = launch(&runner.engine, work.clone()).await {
            let refused = refusal(error);
            for event in work.refused(&refused.detail) {
                runner.reporter.take(event);
            }
            return Err(refused);
        }
        Ok(())
    }
}
