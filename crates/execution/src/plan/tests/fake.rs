//! A runner that runs nothing: it notes what begins and ends, and each step ends as it is told to.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use groma_execution_types::{
    Command, ExecutionEvent, ExecutionPlan, ExecutionResult, ExecutionStatus, PlanResult,
};
use parking_lot::Mutex;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::SecretSource;
use crate::engine::{Begin, Stop};
use crate::plan::check::CheckedPlan;
use crate::plan::run::{StepRunner, run};
use crate::plan::state::PlanState;

/// What was seen of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    Began(String),
    Ended(String, ExecutionStatus),
    Never(String, ExecutionStatus),
}

/// How a step ends.
#[derive(Debug, Clone)]
pub(super) enum Fate {
    Completes(&'static str),
    Fails,
    /// Ends when it is stopped.
    Hangs,
    Panics,
}

#[derive(Debug, Default)]
pub(super) struct Fake {
    pub(super) fates: HashMap<String, Fate>,
    pub(super) seen: Mutex<Vec<Seen>>,
    pub(super) events: Mutex<Vec<ExecutionEvent>>,
    /// What each step was given.
    pub(super) commands: Mutex<HashMap<String, Command>>,
    pub(super) stdout: Mutex<HashMap<Uuid, String>>,
    /// Added to when a step begins.
    pub(super) begun: Option<Arc<Semaphore>>,
}

fn result(id: Uuid, status: ExecutionStatus, error: Option<&str>) -> Arc<ExecutionResult> {
    Arc::new(ExecutionResult {
        id,
        status,
        exit_code: None,
        signal: None,
        stdout: String::new(),
        stderr: String::new(),
        duration: std::time::Duration::ZERO,
        started_at: None,
        completed_at: None,
        log_path: None,
        truncated: false,
        teardown: None,
        error: error.map(str::to_owned),
        attempts: 1,
        lines: 0,
        bytes: 0,
    })
}

#[async_trait]
impl StepRunner for Fake {
    async fn run(&self, begin: Begin) -> Arc<ExecutionResult> {
        let name = begin.plan.expect("a step").1;
        self.seen.lock().push(Seen::Began(name.clone()));
        self.commands.lock().insert(name.clone(), begin.request.command);
        if let Some(begun) = &self.begun {
            begun.add_permits(1);
        }
        // Others get their turn in between.
        tokio::task::yield_now().await;
        let (status, error) = match self.fates.get(&name) {
            None => (ExecutionStatus::Completed, None),
            Some(Fate::Completes(text)) => {
                self.stdout.lock().insert(begin.id, (*text).to_owned());
                (ExecutionStatus::Completed, None)
            }
            Some(Fate::Fails) => (ExecutionStatus::Failed, Some("it exited with code 1")),
            Some(Fate::Hangs) => {
                begin.stop.stopped().await;
                (ExecutionStatus::Cancelled, Some("cancelled"))
            }
            Some(Fate::Panics) => panic!("as asked"),
        };
        self.seen.lock().push(Seen::Ended(name, status));
        result(begin.id, status, error)
    }

    fn never_began(
        &self,
        id: Uuid,
        plan: (Uuid, String),
        status: ExecutionStatus,
        why: String,
    ) -> Arc<ExecutionResult> {
        self.seen.lock().push(Seen::Never(plan.1, status));
        result(id, status, Some(&why))
    }

    async fn stdout(&self, id: Uuid) -> Result<String, String> {
        Ok(self.stdout.lock().get(&id).cloned().unwrap_or_default())
    }

    fn secrets(&self) -> Option<Arc<dyn SecretSource>> {
        None
    }

    fn tell(&self, event: ExecutionEvent) {
        self.events.lock().push(event);
    }
}

impl Fake {
    /// Returns one in which steps have these fates, and the others complete.
    pub(super) fn with<const N: usize>(fates: [(&str, Fate); N]) -> Arc<Self> {
        let fates = fates.into_iter().map(|(name, fate)| (name.to_owned(), fate)).collect();
        Arc::new(Self { fates, ..Self::default() })
    }

    /// Runs a plan to its end.
    pub(super) async fn run(self: &Arc<Self>, plan: ExecutionPlan) -> PlanResult {
        self.run_until(plan, Stop::default()).await
    }

    /// Runs a plan to its end, or until it is stopped.
    pub(super) async fn run_until(self: &Arc<Self>, plan: ExecutionPlan, stop: Stop) -> PlanResult {
        let checked = Arc::new(CheckedPlan::of_form(plan).expect("it is well formed"));
        let state = Arc::new(PlanState::new(checked.plan(), stop));
        run(Arc::clone(self), checked, Arc::clone(&state), None).await;
        state.wait().await;
        state.result()
    }

    /// Returns the steps that began, in that order.
    pub(super) fn began(&self) -> Vec<String> {
        let seen = self.seen.lock();
        let began = seen.iter().filter_map(|seen| match seen {
            Seen::Began(name) => Some(name.clone()),
            _ => None,
        });
        began.collect()
    }

    /// Checks that the plan's own events are in order: one beginning, progress that never goes down, one end.
    pub(super) fn check_events(&self, total: usize) -> ExecutionEvent {
        let events = self.events.lock();
        assert!(
            matches!(events.first(), Some(ExecutionEvent::Started(started)) if started.execution_id.is_none())
        );
        let mut done = 0;
        for event in &events[1..events.len() - 1] {
            let ExecutionEvent::Progress(progress) = event else { panic!("{event:?} in the middle") };
            assert!(progress.completed >= done && progress.total == total as u64, "{progress:?}");
            done = progress.completed;
        }
        assert_eq!(done, total as u64, "in the end every step is told of");
        let last = events.last().expect("an end").clone();
        assert!(matches!(
            last,
            ExecutionEvent::Completed(_) | ExecutionEvent::Failed(_) | ExecutionEvent::Cancelled(_)
        ));
        last
    }
}
