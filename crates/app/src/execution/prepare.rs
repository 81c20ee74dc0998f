//! From what is asked to what is noted before it runs.

use groma_api::{ApiError, RunExecution, RunRequest};
use groma_execution::{
    Approval, Ended, ExecutionEngine, ExecutionEvent, ExecutionPlan, ExecutionRequest, ExecutionStatus,
    validate_plan,
};
use groma_model::ExecutionId;
use uuid::Uuid;

use super::refusal::{invalid, refusal};
use super::shown::shown;

/// What runs in one process: a command, or a plan with all its steps.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// A command.
    Command(Box<ExecutionRequest>),
    /// A plan, and what was approved of it.
    Plan(Box<ExecutionPlan>, Option<Approval>),
}

impl Work {
    /// Checks the form of a command and names it.
    pub(crate) fn command(mut request: ExecutionRequest) -> Result<Self, ApiError> {
        request.validate().map_err(|fault| invalid(&fault))?;
        request.id.get_or_insert_with(Uuid::now_v7);
        Ok(Self::Command(Box::new(request)))
    }

    /// Checks the form of a plan and names it and its steps.
    pub(crate) fn plan(mut plan: ExecutionPlan, approved: Option<Approval>) -> Result<Self, ApiError> {
        validate_plan(&plan).map_err(|fault| invalid(&fault))?;
        plan.id.get_or_insert_with(Uuid::now_v7);
        for step in &mut plan.steps {
            step.request.id.get_or_insert_with(Uuid::now_v7);
        }
        Ok(Self::Plan(Box::new(plan), approved))
    }

    /// Checks that it would be taken as things are: before anything of it is noted, for it may show a secret.
    pub(crate) async fn check(&self, engine: &ExecutionEngine) -> Result<(), ApiError> {
        match self {
            Self::Command(request) => engine.check(request),
            Self::Plan(plan, approved) => engine.check_plan(plan, approved.as_ref()).await,
        }
        .map_err(refusal)
    }

    /// Returns what it is called.
    pub(crate) fn id(&self) -> Uuid {
        match self {
            Self::Command(request) => request.id.unwrap_or_default(),
            Self::Plan(plan, _) => plan.id.unwrap_or_default(),
        }
    }

    /// Returns whether it is a plan.
    pub(crate) const fn is_plan(&self) -> bool {
        matches!(self, Self::Plan(..))
    }

    /// Returns the executions of it.
    pub(crate) fn executions(&self) -> Vec<Uuid> {
        match self {
            Self::Command(request) => vec![request.id.unwrap_or_default()],
            Self::Plan(plan, _) => {
                plan.steps.iter().map(|step| step.request.id.unwrap_or_default()).collect()
            }
        }
    }

    /// Returns what is noted of it; values of secrets are left out.
    pub(crate) fn noted(&self) -> RunRequest {
        let execution = |request: &ExecutionRequest, step_id: Option<&str>| RunExecution {
            id: ExecutionId::from_uuid(request.id.unwrap_or_default()),
            step_id: step_id.map(str::to_owned),
            command: shown(&request.command),
            request: request.clone(),
        };
        match self {
            Self::Command(request) => RunRequest { plan: None, executions: vec![execution(request, None)] },
            Self::Plan(plan, _) => RunRequest {
                plan: Some((**plan).clone()),
                executions: plan.steps.iter().map(|step| execution(&step.request, Some(&step.id))).collect(),
            },
        }
    }

    /// Returns the ends of what the engine refused after it was noted.
    pub(crate) fn refused(&self, why: &str) -> Vec<ExecutionEvent> {
        let now = jiff::Timestamp::now();
        let end = |execution_id: Option<Uuid>, status: ExecutionStatus| Ended {
            execution_id,
            plan_id: self.is_plan().then(|| self.id()),
            status,
            exit_code: None,
            signal: None,
            error: Some(why.to_owned()),
            duration_ms: 0,
            started_at: now,
            completed_at: now,
            teardown: None,
        };
        match self {
            Self::Command(_) => vec![ExecutionEvent::Failed(end(Some(self.id()), ExecutionStatus::Failed))],
            Self::Plan(..) => {
                let steps = self.executions().into_iter();
                let steps =
                    steps.map(|id| ExecutionEvent::Cancelled(end(Some(id), ExecutionStatus::Skipped)));
                steps.chain([ExecutionEvent::Failed(end(None, ExecutionStatus::Failed))]).collect()
            }
        }
    }
}
