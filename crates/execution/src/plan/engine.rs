//! Plans in an engine: started, looked at, waited for and stopped.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use async_trait::async_trait;
use groma_execution_types::{
    ExecutionEvent, ExecutionPlan, ExecutionResult, ExecutionStatus, PlanResult, ResolvedPlan,
};
use parking_lot::Mutex;
use uuid::Uuid;

use super::approve::{self, Approval};
use super::check::CheckedPlan;
use super::run::{self, StepRunner};
use super::state::PlanState;
use crate::engine::{Begin, Engine};
use crate::{ExecutionEngine, ExecutionError, SecretSource, resolve};

/// The plans that run, and the latest that have ended.
#[derive(Debug, Default)]
pub(crate) struct Plans(Mutex<Shelf>);

#[derive(Debug, Default)]
struct Shelf {
    plans: HashMap<Uuid, Arc<PlanState>>,
    /// Those that ended, the oldest first, with how many steps they have.
    ended: VecDeque<(Uuid, usize)>,
    steps_ended: usize,
}

impl Plans {
    /// Returns a plan.
    pub(crate) fn get(&self, id: Uuid) -> Option<Arc<PlanState>> {
        self.0.lock().plans.get(&id).cloned()
    }

    fn all(&self) -> Vec<Arc<PlanState>> {
        self.0.lock().plans.values().cloned().collect()
    }

    /// Adds a plan. Returns whether there was none of its id.
    fn add(&self, state: &Arc<PlanState>) -> bool {
        let mut shelf = self.0.lock();
        if shelf.plans.contains_key(&state.id()) {
            return false;
        }
        shelf.plans.insert(state.id(), Arc::clone(state));
        true
    }

    /// Notes that a plan has ended, and forgets the oldest while there are more than so many steps in all.
    fn ended(&self, state: &PlanState, steps_max: usize) {
        let mut shelf = self.0.lock();
        let steps = state.executions().count();
        shelf.ended.push_back((state.id(), steps));
        shelf.steps_ended += steps;
        while shelf.steps_ended > steps_max && shelf.ended.len() > 1 {
            let Some((oldest, steps)) = shelf.ended.pop_front() else { break };
            shelf.steps_ended -= steps;
            shelf.plans.remove(&oldest);
        }
    }
}

#[async_trait]
impl StepRunner for Engine {
    async fn run(&self, begin: Begin) -> Arc<ExecutionResult> {
        Box::pin(self.drive(begin)).await
    }

    fn never_began(
        &self,
        id: Uuid,
        plan: (Uuid, String),
        status: ExecutionStatus,
        why: String,
    ) -> Arc<ExecutionResult> {
        Self::never_began(self, id, Some(plan), status, why)
    }

    async fn stdout(&self, id: Uuid) -> Result<String, String> {
        self.stdout_of(id).await
    }

    fn secrets(&self) -> Option<Arc<dyn SecretSource>> {
        self.secrets.clone()
    }

    fn tell(&self, event: ExecutionEvent) {
        match event {
            ExecutionEvent::Started(started) => self.delivery.started(started),
            ExecutionEvent::Progress(progress) => self.delivery.progress(progress),
            end => self.delivery.ended(end),
        }
    }
}

impl ExecutionEngine {
    /// Starts a plan and returns its id at once.
    ///
    /// # Errors
    /// When the plan is not well formed, or a step could not start as things are: nothing was started then. What is not
    /// there yet may be made by an earlier step.
    pub async fn execute_plan(&self, plan: ExecutionPlan) -> Result<Uuid, ExecutionError> {
        let has_keychain = self.engine().secrets.is_some();
        // A large plan looks at many files.
        let checked = resolve::on_thread(move || CheckedPlan::new(plan, has_keychain)).await??;
        self.start_plan(checked, None).await
    }

    /// Checks whether a plan would be taken as things are, and is still what was approved of it; starts nothing. To be
    /// asked before a plan is noted anywhere: one that shows a secret is refused.
    ///
    /// # Errors
    /// As [`Self::execute_plan`] and [`Self::execute_approved`].
    pub async fn check_plan(
        &self,
        plan: &ExecutionPlan,
        approved: Option<&Approval>,
    ) -> Result<(), ExecutionError> {
        let (plan, has_keychain) = (plan.clone(), self.engine().secrets.is_some());
        let checked = resolve::on_thread(move || CheckedPlan::new(plan, has_keychain)).await??;
        if let Some(approved) = approved {
            approve::approved(&checked, approved, self.engine().secrets.as_deref()).await?;
        }
        Ok(())
    }

    /// Starts a plan if it would run exactly what was approved; each step is checked again right before it begins.
    ///
    /// # Errors
    /// As [`Self::resolve_plan`]; [`ExecutionError::Drift`] when something differs.
    pub async fn execute_approved(
        &self,
        plan: ExecutionPlan,
        approval: impl Into<Approval>,
    ) -> Result<Uuid, ExecutionError> {
        let checked = CheckedPlan::of_form(plan)?;
        let secrets = self.engine().secrets.as_deref();
        let digests = approve::approved(&checked, &approval.into(), secrets).await?;
        self.start_plan(checked, Some(digests)).await
    }

    /// Returns what a plan would run, with a hash over it, and starts nothing. Whoever approves gives that back to
    /// [`Self::execute_approved`].
    ///
    /// # Errors
    /// When a step could not start as things are: what an earlier step is to make cannot be approved before.
    pub async fn resolve_plan(&self, plan: &ExecutionPlan) -> Result<ResolvedPlan, ExecutionError> {
        let checked = CheckedPlan::of_form(plan.clone())?;
        approve::resolve_plan(&checked, self.engine().secrets.as_deref()).await
    }

    /// Returns what became of a plan, or what there is of it by now.
    ///
    /// # Errors
    /// When there is none of that id in memory.
    pub async fn get_plan(&self, id: Uuid) -> Result<PlanResult, ExecutionError> {
        Ok(self.plan(id)?.result())
    }

    /// Returns what became of a plan, once it has ended.
    ///
    /// # Errors
    /// As [`Self::get_plan`].
    pub async fn wait_plan(&self, id: Uuid) -> Result<PlanResult, ExecutionError> {
        let plan = self.plan(id)?;
        plan.wait().await;
        Ok(plan.result())
    }

    /// Returns all plans that are in memory, the latest first.
    #[must_use]
    pub fn list_plans(&self) -> Vec<PlanResult> {
        let mut all: Vec<_> = self.engine().plans.all().iter().map(|plan| plan.result()).collect();
        all.sort_by_key(|plan| std::cmp::Reverse((plan.started_at, plan.id)));
        all
    }

    fn plan(&self, id: Uuid) -> Result<Arc<PlanState>, ExecutionError> {
        self.engine().plans.get(id).ok_or(ExecutionError::NotFound(id))
    }

    async fn start_plan(
        &self,
        checked: CheckedPlan,
        digests: Option<Vec<String>>,
    ) -> Result<Uuid, ExecutionError> {
        let engine = self.engine();
        let named = checked.plan().steps.iter().filter_map(|step| step.request.id).chain(checked.plan().id);
        for id in named {
            if engine.book.result(id).is_some() || engine.plans.get(id).is_some() || engine.has_log(id).await
            {
                return Err(ExecutionError::Exists(id));
            }
        }
        let state = Arc::new(PlanState::new(checked.plan(), engine.stop.child()));
        for (execution, stop) in state.executions() {
            // New ids are nobody's, those that were named were looked for: only an engine that ends refuses.
            engine.enter(execution, stop.clone())?;
        }
        if !engine.plans.add(&state) {
            return Err(ExecutionError::Exists(state.id()));
        }
        let (runner, plan, id) = (Arc::clone(engine), Arc::clone(&state), state.id());
        engine.tasks.spawn(async move {
            Box::pin(run::run(Arc::clone(&runner), Arc::new(checked), Arc::clone(&plan), digests)).await;
            runner.plans.ended(&plan, runner.config.results_max);
        });
        Ok(id)
    }
}
