//! What is known of a plan while it runs and afterwards.

use std::sync::Arc;

use groma_execution_types::{ExecutionPlan, ExecutionResult, ExecutionStatus, PlanResult, StepResult};
use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::watch;
use uuid::Uuid;

use crate::engine::Stop;

/// Bytes of output that the results of a plan's steps carry in all; the results of later ones carry none, and the logs
/// have everything.
const OUTPUT_BYTES_MAX: usize = 16 << 20;

/// What is known of a plan.
#[derive(Debug)]
pub(crate) struct PlanState {
    id: Uuid,
    stop: Stop,
    steps: Vec<(String, Uuid, Stop)>,
    inner: Mutex<Inner>,
    ended: watch::Sender<bool>,
}

#[derive(Debug)]
struct Inner {
    status: ExecutionStatus,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    error: Option<String>,
    steps: Vec<StepState>,
    output_bytes: usize,
}

#[derive(Debug, Clone)]
struct StepState {
    status: ExecutionStatus,
    root_cause: Option<usize>,
    result: Option<Arc<ExecutionResult>>,
}

impl PlanState {
    /// Returns the state of a plan that has not begun. Every step gets its execution's id now, so that it can be looked
    /// at and cancelled before its turn.
    pub(crate) fn new(plan: &ExecutionPlan, stop: Stop) -> Self {
        let step = |step: &groma_execution_types::Step| {
            (step.id.clone(), step.request.id.unwrap_or_else(Uuid::now_v7), stop.child())
        };
        let pending = StepState { status: ExecutionStatus::Pending, root_cause: None, result: None };
        Self {
            id: plan.id.unwrap_or_else(Uuid::now_v7),
            steps: plan.steps.iter().map(step).collect(),
            stop,
            inner: Mutex::new(Inner {
                status: ExecutionStatus::Pending,
                started_at: None,
                completed_at: None,
                error: None,
                steps: vec![pending; plan.steps.len()],
                output_bytes: 0,
            }),
            ended: watch::Sender::new(false),
        }
    }

    pub(crate) const fn id(&self) -> Uuid {
        self.id
    }

    /// Returns what stops all of it.
    pub(crate) const fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Returns the executions of its steps, with what stops each.
    pub(crate) fn executions(&self) -> impl Iterator<Item = (Uuid, &Stop)> {
        self.steps.iter().map(|(_, id, stop)| (*id, stop))
    }

    pub(crate) fn status(&self) -> ExecutionStatus {
        self.inner.lock().status
    }

    /// Returns what became of it, or what there is by now.
    pub(crate) fn result(&self) -> PlanResult {
        let inner = self.inner.lock();
        let steps = self.steps.iter().zip(&inner.steps).map(|((id, execution_id, _), step)| StepResult {
            id: id.clone(),
            execution_id: *execution_id,
            status: step.status,
            root_cause: step.root_cause.map(|at| self.steps[at].0.clone()),
            result: step.result.as_deref().cloned(),
        });
        PlanResult {
            id: self.id,
            status: inner.status,
            started_at: inner.started_at,
            completed_at: inner.completed_at,
            error: inner.error.clone(),
            steps: steps.collect(),
        }
    }

    /// Returns once it has ended.
    pub(crate) async fn wait(&self) {
        // The sender lives as long as this does.
        let _ = self.ended.subscribe().wait_for(|ended| *ended).await;
    }

    pub(super) fn step(&self, at: usize) -> (&str, Uuid, &Stop) {
        let (id, execution, stop) = &self.steps[at];
        (id, *execution, stop)
    }

    pub(super) fn step_status(&self, at: usize) -> ExecutionStatus {
        self.inner.lock().steps[at].status
    }

    pub(super) fn step_error(&self, at: usize) -> Option<String> {
        self.inner.lock().steps[at].result.as_ref().and_then(|result| result.error.clone())
    }

    /// Returns the step whose failure is why one did not complete: another one, or that step itself.
    pub(super) fn root_of(&self, at: usize) -> usize {
        self.inner.lock().steps[at].root_cause.unwrap_or(at)
    }

    pub(super) fn begins(&self, now: Timestamp) {
        let mut inner = self.inner.lock();
        inner.status = ExecutionStatus::Running;
        inner.started_at = Some(now);
    }

    pub(super) fn step_begins(&self, at: usize) {
        self.inner.lock().steps[at].status = ExecutionStatus::Running;
    }

    pub(super) fn step_ended(&self, at: usize, mut result: Arc<ExecutionResult>, root_cause: Option<usize>) {
        let mut inner = self.inner.lock();
        let status = result.status;
        inner.output_bytes += result.stdout.len() + result.stderr.len();
        if inner.output_bytes > OUTPUT_BYTES_MAX {
            let own = Arc::make_mut(&mut result);
            (own.stdout, own.stderr) = (String::new(), String::new());
            own.truncated = true;
        }
        inner.steps[at] = StepState { status, root_cause, result: Some(result) };
    }

    pub(super) fn ends(&self, status: ExecutionStatus, error: Option<String>, now: Timestamp) {
        let mut inner = self.inner.lock();
        inner.status = status;
        inner.error = error;
        inner.completed_at = Some(now);
        drop(inner);
        self.ended.send_replace(true);
    }

    /// Tells who waits that nothing follows; a plan whose run was thrown away never says so itself.
    pub(super) fn release(&self) {
        self.ended.send_replace(true);
    }
}
