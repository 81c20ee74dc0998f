//! Runs whose process is gone: found out from their logs, ended, and told.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use groma_api::{ApiError, RunReport};
use groma_execution::{
    Ended, ExecutionEngine, ExecutionEvent, ExecutionResult, ExecutionStatus, LogReader, LogSink, Note,
    OutputAdvanced,
};
use groma_inventory::UnfinishedRun;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::sealed_logs::SealedLogs;
use crate::{App, error};

/// How often runs of which nothing is heard are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A living process is heard of every second.
const SILENCE_MAX: Duration = Duration::from_secs(5);
/// How long a process that has left no log may be silent: it may wait for a holder.
const UNSEEN_MAX: Duration = Duration::from_secs(20);
/// How often old logs are deleted.
const RETAIN_EVERY: Duration = Duration::from_secs(3600);

/// What is known of the process of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Process {
    Alive,
    Gone,
    /// It left no log.
    Unseen,
}

impl App {
    /// Looks after runs of other processes and after logs, until the application stops.
    pub(crate) fn tend_executions(self: &Arc<Self>) {
        let (app, stopping) = (Arc::downgrade(self), self.stopping.clone());
        let tend = async move {
            let mut look = tokio::time::interval(LOOK_EVERY);
            look.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut retained = None;
            loop {
                look.tick().await;
                let Some(app) = app.upgrade() else { return };
                if let Err(error) = app.reconcile().await {
                    tracing::warn!(code = %error.code, "runs whose process is gone could not be looked at");
                }
                let due = retained.is_none_or(|at: tokio::time::Instant| at.elapsed() >= RETAIN_EVERY);
                if due {
                    retained = Some(tokio::time::Instant::now());
                    if let Err(error) = app.retain_logs().await {
                        tracing::warn!(code = %error.code, "old logs could not be deleted");
                    }
                }
            }
        };
        tokio::spawn(async move { stopping.run_until_cancelled(tend).await });
    }

    /// Ends every run whose process is gone, and what it left behind, which gets its grace. [`App::start_tasks`] has
    /// this done again and again; who holds the folder for a moment does it once.
    ///
    /// # Errors
    /// When storage or the logs refuse.
    pub async fn reconcile(self: &Arc<Self>) -> Result<(), ApiError> {
        let _one_at_a_time = self.executions.reconciling.lock().await;
        let unfinished = self.inventory.unfinished_runs().await.map_err(error::inventory)?;
        self.executions.remember_only(unfinished.iter().map(|run| run.id).collect());
        for run in unfinished {
            let here = self.executions.runner.get().is_some_and(|runner| runner.reporter.has(run.id));
            let silent = self.executions.silent_for(run.id);
            if here || silent.is_some_and(|silent| silent < SILENCE_MAX) {
                continue;
            }
            let gone = match self.process_of(&run).await? {
                Process::Alive => false,
                Process::Gone => true,
                Process::Unseen => silent.unwrap_or_else(|| self.executions.open_for()) >= UNSEEN_MAX,
            };
            if gone {
                self.end_run(run).await?;
            }
        }
        Ok(())
    }

    /// Finds out from its logs whether the process of a run lives.
    async fn process_of(&self, run: &UnfinishedRun) -> Result<Process, ApiError> {
        let others = self.inventory.executions_of(run.id).await.map_err(error::inventory)?;
        let logs = self.logs_of(run, &others);
        let unfinished: Vec<Uuid> = run.executions.iter().map(|(id, _)| *id).collect();
        let look = move || {
            // What ended last is the next best witness.
            for id in unfinished.into_iter().chain(others.into_iter().rev()) {
                let sink: Arc<dyn LogSink> = Arc::clone(&logs) as _;
                let notes =
                    LogReader::open(sink, id).and_then(|mut reader| reader.notes()).unwrap_or_default();
                for note in notes {
                    if let Note::Begun(begun) = note {
                        return if begun.engine.is_alive() { Process::Alive } else { Process::Gone };
                    }
                }
            }
            Process::Unseen
        };
        groma_database::apart("logs", look).await.map_err(unreadable)
    }

    /// Ends a run whose process is gone: as its logs say, or else as lost.
    async fn end_run(self: &Arc<Self>, run: UnfinishedRun) -> Result<(), ApiError> {
        let ids: Vec<Uuid> = run.executions.iter().map(|(id, _)| *id).collect();
        let logs = self.logs_of(&run, &ids);
        let engine = ExecutionEngine::new(self.executions.options.config());
        let engine = engine.with_log_sink(Arc::clone(&logs) as _);
        // Leftovers are stopped, and the end noted in the log.
        let lost = engine.reconcile().await.map_err(super::refusal)?;
        tracing::info!(run = %run.id, lost = lost.len(), "the process of a run is gone");
        for id in ids {
            let sink: Arc<dyn LogSink> = Arc::clone(&logs) as _;
            let read = move || ended(sink, id);
            if let Ok(Some(result)) = groma_database::apart("logs", read).await.map_err(unreadable)? {
                let report = report(&run, result);
                self.inventory.report_run(run.id, report).await.map_err(error::inventory)?;
            }
        }
        let why = "the process that ran it is gone, and nobody saw the end".to_owned();
        self.inventory.lose_run(run.id, why).await.map_err(error::inventory)?;
        self.executions.moved();
        Ok(())
    }

    fn logs_of(&self, run: &UnfinishedRun, ids: &[Uuid]) -> Arc<SealedLogs> {
        let logs = SealedLogs::new(self.executions.log_dir(), false);
        logs.know(ids.iter().copied().chain(run.executions.iter().map(|(id, _)| *id)), &run.log_key);
        Arc::new(logs)
    }
}

/// Reads how an execution ended from its log, if that says so.
fn ended(logs: Arc<dyn LogSink>, id: Uuid) -> io::Result<Option<ExecutionResult>> {
    let mut reader = LogReader::open(logs, id)?;
    let mut result = reader.notes()?.into_iter().find_map(|note| match note {
        Note::Ended { result } => Some(*result),
        _ => None,
    });
    if let Some(result) = &mut result {
        let last = reader.lines(u64::MAX, None, 1, 1)?.last_line;
        result.lines = result.lines.max(last);
        result.truncated |= result.lines > 0;
    }
    Ok(result)
}

/// Returns what a log says of an end as whoever saw it would have told it.
fn report(run: &UnfinishedRun, result: ExecutionResult) -> RunReport {
    let completed_at = result.completed_at.unwrap_or_else(jiff::Timestamp::now);
    let ended = Ended {
        execution_id: Some(result.id),
        plan_id: run.plan.then_some(run.id),
        status: result.status,
        exit_code: result.exit_code,
        signal: result.signal,
        error: result.error.clone(),
        duration_ms: u64::try_from(result.duration.as_millis()).unwrap_or(u64::MAX),
        started_at: result.started_at.unwrap_or(completed_at),
        completed_at,
        teardown: result.teardown.clone(),
    };
    let advanced = OutputAdvanced {
        execution_id: result.id,
        first_line: 1,
        last_line: result.lines,
        bytes: result.bytes,
    };
    let end = match result.status {
        ExecutionStatus::Completed => ExecutionEvent::Completed(ended),
        ExecutionStatus::Cancelled | ExecutionStatus::Skipped => ExecutionEvent::Cancelled(ended),
        _ => ExecutionEvent::Failed(ended),
    };
    RunReport {
        events: vec![ExecutionEvent::OutputAdvanced(advanced), end],
        results: vec![result],
        plan: None,
    }
}

fn unreadable(error: io::Error) -> ApiError {
    ApiError::new(groma_api::ErrorCode::Internal, format!("logs could not be read: {error}"))
}
