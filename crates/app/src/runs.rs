//! What a process that runs commands by itself tells.

use async_trait::async_trait;
use groma_api::{
    ApiError, ErrorCode, ExecutionOrigin, PrincipalKind, RunGrant, RunOperations, RunReport, RunRequest,
    RunStanding,
};
use groma_inventory::{LogKey, NewRun};
use groma_model::ExecutionId;
use uuid::Uuid;

use crate::backend::Caller;
use crate::error;

#[async_trait]
impl RunOperations for Caller {
    async fn run_begin(&self, request: RunRequest) -> Result<RunGrant, ApiError> {
        let (id, shown) = (run_id(&request), shown(&request));
        let subject = id.as_ref().ok().map(|id| format!("execution/{id}"));
        let act = async {
            self.only_local("run_begin")?;
            self.begin(id?, request, ExecutionOrigin::Command).await
        };
        self.audited("run_begin", subject, shown, act).await
    }

    async fn run_report(&self, id: ExecutionId, report: RunReport) -> Result<RunStanding, ApiError> {
        self.allow_often("run_report").await?;
        self.only_local("run_report")?;
        self.report(id.uuid(), report).await
    }
}

impl Caller {
    /// Notes a run and makes the key of its logs.
    pub(crate) async fn begin(
        &self,
        id: Uuid,
        request: RunRequest,
        origin: ExecutionOrigin,
    ) -> Result<RunGrant, ApiError> {
        let log_key = LogKey::random();
        let grant = RunGrant {
            log_dir: self.app.executions.log_dir().display().to_string(),
            log_key: log_key.to_text(),
        };
        let kept = self.app.inventory.keep_principal(self.principal.clone()).await;
        kept.map_err(error::inventory)?;
        let run = NewRun { id, request, origin, principal: self.principal.id, log_key };
        self.app.inventory.begin_run(run).await.map_err(error::inventory)?;
        self.app.executions.heard_of(id);
        Ok(grant)
    }

    /// Notes what happened in a run.
    pub(crate) async fn report(&self, run: Uuid, report: RunReport) -> Result<RunStanding, ApiError> {
        let standing = self.app.inventory.report_run(run, report).await.map_err(error::inventory)?;
        self.app.executions.heard_of(run);
        self.app.executions.moved();
        Ok(standing)
    }

    /// Other machines' processes are not ours to believe.
    fn only_local(&self, operation: &str) -> Result<(), ApiError> {
        if self.principal.kind == PrincipalKind::Local {
            return Ok(());
        }
        let detail = format!(
            "{operation} is for the owner of the data folder on this machine, over the socket: start commands with \
             POST /v1/executions instead"
        );
        Err(ApiError::new(ErrorCode::Forbidden, detail))
    }
}

/// Returns what a run is called: its plan's id, or that of its only command.
fn run_id(request: &RunRequest) -> Result<Uuid, ApiError> {
    let Some(plan) = &request.plan else {
        return match request.executions.as_slice() {
            [one] if one.step_id.is_none() => Ok(one.id.uuid()),
            [_] => Err(ApiError::invalid("executions[0].step_id", "belongs to a plan, and there is none")),
            _ => Err(ApiError::invalid("executions", "without a plan there is exactly one")),
        };
    };
    let id = plan.id.ok_or_else(|| ApiError::invalid("plan.id", "is missing"))?;
    let steps = plan.steps.iter().map(|step| Some(step.id.as_str()));
    if !steps.eq(request.executions.iter().map(|execution| execution.step_id.as_deref())) {
        return Err(ApiError::invalid("executions", "must be the steps of the plan, in its order"));
    }
    Ok(id)
}

/// Returns what is audited of a run: what it runs, as shown to people.
pub(crate) fn shown(request: &RunRequest) -> String {
    /// Nobody reads more; the whole is in the record.
    const CHARACTERS_MAX: usize = 1000;
    let commands = request.executions.iter().map(|execution| execution.command.as_str());
    commands.collect::<Vec<_>>().join("\n").chars().take(CHARACTERS_MAX).collect()
}
