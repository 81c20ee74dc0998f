//! Commands and plans.

use std::time::Duration;

use async_trait::async_trait;
use groma_api::{
    ApiError, ErrorCode, Execution, ExecutionList, ExecutionOperations, ExecutionQuery, LogPage, LogQuery,
    PlanList, PlanQuery, PlanRequest, PlanRun, StartedExecution, StartedPlan, StopRequest,
};
use groma_execution_types::{ExecutionPlan, ExecutionRequest, ExecutionStatus, ResolvedPlan, Stdin};
use groma_model::{ExecutionId, IdError, PlanId};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::backend::Caller;
use crate::error;
use crate::execution::{Approval, Work, refusal};
use crate::scans::limit;

/// Executions and plans of a page unless told otherwise, and at most.
const PAGE: (u32, u32) = (50, 1_000);
/// How long a cancel waits for the end.
const CANCEL_WAIT: Duration = Duration::from_secs(10);
/// Characters of a reason.
const REASON_MAX: usize = 1_000;

#[async_trait]
impl ExecutionOperations for Caller {
    async fn execution_start(&self, request: ExecutionRequest) -> Result<StartedExecution, ApiError> {
        let work = self.startable(&request.stdin).and_then(|()| Work::command(request));
        let work = self.checked("execution_start", work).await;
        let (subject, detail) = noted(&work);
        let act = async {
            let work = work?;
            let execution_id = ExecutionId::from_uuid(work.id());
            self.run(work).await?;
            Ok(StartedExecution { execution_id })
        };
        self.audited("execution_start", subject, detail, act).await
    }

    async fn execution_list(&self, query: ExecutionQuery) -> Result<ExecutionList, ApiError> {
        self.allow("execution_list")?;
        const ALL: [ExecutionStatus; 8] = [
            ExecutionStatus::Pending,
            ExecutionStatus::Running,
            ExecutionStatus::Completed,
            ExecutionStatus::Failed,
            ExecutionStatus::Cancelled,
            ExecutionStatus::TimedOut,
            ExecutionStatus::Skipped,
            ExecutionStatus::Lost,
        ];
        let wanted = |status: &ExecutionStatus| {
            query.status.is_none_or(|wanted| wanted == *status)
                && query.active.is_none_or(|active| active != status.is_terminal())
        };
        let statuses = ALL.into_iter().filter(wanted).collect();
        let before = cursor(query.cursor.as_deref())?;
        let limit = limit(query.limit, PAGE.0, PAGE.1)?;
        let list = self.app.inventory.executions(statuses, query.plan, before, limit).await;
        list.map_err(error::inventory)
    }

    async fn execution_get(&self, id: ExecutionId) -> Result<Execution, ApiError> {
        self.allow("execution_get")?;
        self.execution(id).await
    }

    async fn execution_logs(&self, id: ExecutionId, query: LogQuery) -> Result<LogPage, ApiError> {
        self.allow("execution_logs")?;
        let execution = self.execution(id).await?;
        self.app.log_page(&execution, &query).await
    }

    async fn execution_cancel(&self, id: ExecutionId, request: StopRequest) -> Result<Execution, ApiError> {
        let (reason, subject) = (reason(request), Some(format!("execution/{id}")));
        let act = async {
            self.stop(id.uuid(), false, reason.clone()).await?;
            let mut patience = Patience::new(self);
            loop {
                let execution = self.execution(id).await?;
                if execution.summary.status.is_terminal() || !patience.wait().await {
                    return Ok(execution);
                }
            }
        };
        self.audited("execution_cancel", subject, reason.clone(), act).await
    }

    async fn plan_resolve(&self, plan: ExecutionPlan) -> Result<ResolvedPlan, ApiError> {
        let act = async { self.app.runner().engine.resolve_plan(&plan).await.map_err(refusal) };
        self.audited("plan_resolve", None, String::new(), act).await
    }

    async fn plan_start(&self, request: PlanRequest) -> Result<StartedPlan, ApiError> {
        let inherits = request.plan.steps.iter().map(|step| &step.request.stdin);
        let startable = inherits.into_iter().try_for_each(|stdin| self.startable(stdin));
        let startable = startable.and_then(|()| self.startable(&Stdin::None));
        let work =
            startable.and_then(|()| Work::plan(request.plan, request.approved_hash.map(Approval::Hash)));
        let work = self.checked("plan_start", work).await;
        let (subject, detail) = noted(&work);
        let act = async {
            let work = work?;
            let plan_id = PlanId::from_uuid(work.id());
            self.run(work).await?;
            Ok(StartedPlan { plan_id })
        };
        self.audited("plan_start", subject, detail, act).await
    }

    async fn plan_list(&self, query: PlanQuery) -> Result<PlanList, ApiError> {
        self.allow("plan_list")?;
        let before = cursor(query.cursor.as_deref())?;
        let limit = limit(query.limit, PAGE.0, PAGE.1)?;
        self.app.inventory.plans(query.active, before, limit).await.map_err(error::inventory)
    }

    async fn plan_get(&self, id: PlanId) -> Result<PlanRun, ApiError> {
        self.allow("plan_get")?;
        self.app.inventory.plan(id).await.map_err(error::inventory)
    }

    async fn plan_cancel(&self, id: PlanId, request: StopRequest) -> Result<PlanRun, ApiError> {
        let (reason, subject) = (reason(request), Some(format!("execution/{id}")));
        let act = async {
            self.stop(id.uuid(), true, reason.clone()).await?;
            let mut patience = Patience::new(self);
            loop {
                let plan = self.app.inventory.plan(id).await.map_err(error::inventory)?;
                if plan.summary.status.is_terminal() || !patience.wait().await {
                    return Ok(plan);
                }
            }
        };
        self.audited("plan_cancel", subject, reason.clone(), act).await
    }
}

impl Caller {
    /// Refuses what cannot be started over the API.
    fn startable(&self, stdin: &Stdin) -> Result<(), ApiError> {
        if !self.app.executions.options.rest {
            let detail = "starting commands over the API is off: set `rest = true` below `[execution]` in the \
                          configuration of the server (or GROMA_EXECUTION_REST=true) and start it again; `groma exec` \
                          works without";
            return Err(ApiError::new(ErrorCode::Forbidden, detail));
        }
        if *stdin == Stdin::Inherit {
            return Err(ApiError::invalid(
                "stdin",
                "a server has no terminal to inherit: give text, bytes or a file",
            ));
        }
        Ok(())
    }

    /// Checks what is asked by whoever may ask for it.
    async fn checked(&self, operation: &'static str, work: Result<Work, ApiError>) -> Result<Work, ApiError> {
        let work = work?;
        self.allow(operation)?;
        work.check(&self.app.runner().engine).await?;
        Ok(work)
    }

    /// Returns an execution; of one that runs here what its engine knows.
    async fn execution(&self, id: ExecutionId) -> Result<Execution, ApiError> {
        let mut execution = self.app.inventory.execution(id).await.map_err(error::inventory)?;
        if !execution.summary.status.is_terminal()
            && let Some(runner) = self.app.executions.runner()
            && let Ok(now) = runner.engine.get_result(id.uuid()).await
        {
            execution.result.lines = execution.result.lines.max(now.lines);
            execution.result.bytes = execution.result.bytes.max(now.bytes);
            execution.result.duration = now.duration;
            execution.result.attempts = now.attempts;
        }
        Ok(execution)
    }

    /// Has an execution or a plan stopped by whichever process runs it.
    async fn stop(&self, id: Uuid, plan: bool, reason: String) -> Result<(), ApiError> {
        let wanted = self.app.inventory.stop_wanted(id, plan, reason.clone()).await;
        if wanted.map_err(error::inventory)?
            && let Some(runner) = self.app.executions.runner()
        {
            // What is not there runs elsewhere, and hears of it with its next report.
            let _ = runner.engine.cancel_because(id, &reason).await;
        }
        Ok(())
    }
}

/// Waits for the end of something, for some seconds.
struct Patience {
    give_up: Instant,
    moves: watch::Receiver<u64>,
    stopping: CancellationToken,
}

impl Patience {
    fn new(caller: &Caller) -> Self {
        let moves = caller.app.executions.moves();
        Self { give_up: Instant::now() + CANCEL_WAIT, moves, stopping: caller.app.stopping.clone() }
    }

    /// Waits until something was told since the last time; `false` if it is time to give up.
    async fn wait(&mut self) -> bool {
        tokio::select! {
            moved = self.moves.changed() => moved.is_ok(),
            () = tokio::time::sleep_until(self.give_up) => false,
            () = self.stopping.cancelled() => false,
        }
    }
}

/// Returns what is audited of something about to start.
fn noted(work: &Result<Work, ApiError>) -> (Option<String>, String) {
    match work {
        Ok(work) => (Some(format!("execution/{}", work.id())), crate::runs::shown(&work.noted())),
        Err(_) => (None, String::new()),
    }
}

fn reason(request: StopRequest) -> String {
    let reason = request.reason.unwrap_or_default();
    let reason: String = reason.trim().chars().take(REASON_MAX).collect();
    if reason.is_empty() { "no reason given".to_owned() } else { reason }
}

/// Reads the cursor of a page.
fn cursor<T: std::str::FromStr<Err = IdError>>(text: Option<&str>) -> Result<Option<T>, ApiError> {
    let cursor = text.map(str::parse).transpose();
    cursor.map_err(|error: IdError| ApiError::invalid("cursor", error.to_string()))
}
