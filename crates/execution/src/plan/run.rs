//! Runs a plan: begins steps as soon as they may, and tells how far it is and how it ended.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use groma_execution_types::{Ended, ExecutionEvent, ExecutionResult, ExecutionStatus, Progress, Started};
use jiff::Timestamp;
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::approve;
use super::check::CheckedPlan;
use super::outputs;
use super::schedule::Schedule;
use super::state::PlanState;
use crate::SecretSource;
use crate::engine::{Begin, Stop};

/// What runs the steps of a plan.
#[async_trait]
pub(crate) trait StepRunner: Send + Sync + 'static {
    /// Runs a step to its end, all its attempts and its teardown.
    async fn run(&self, begin: Begin) -> Arc<ExecutionResult>;

    /// Takes note of a step that never began, and tells it.
    fn never_began(
        &self,
        id: Uuid,
        plan: (Uuid, String),
        status: ExecutionStatus,
        why: String,
    ) -> Arc<ExecutionResult>;

    /// Returns all that a step that has ended wrote to its standard output.
    async fn stdout(&self, id: Uuid) -> Result<String, String>;

    /// Returns where secrets come from.
    fn secrets(&self) -> Option<Arc<dyn SecretSource>>;

    /// Tells that the plan began, how far it is, or that it ended.
    fn tell(&self, event: ExecutionEvent);
}

/// What became of a step.
struct StepEnd {
    result: Arc<ExecutionResult>,
    root_cause: Option<usize>,
}

/// Runs a plan to its end. `digests` are those of its steps as they were approved, if they were.
pub(crate) async fn run<R: StepRunner>(
    runner: Arc<R>,
    checked: Arc<CheckedPlan>,
    state: Arc<PlanState>,
    digests: Option<Vec<String>>,
) {
    let now = Timestamp::now();
    let _released = Released(&state);
    let digests = digests.map(Arc::new);
    let mut plan = Running {
        schedule: Schedule::new(&checked.plan.strategy, &checked.graph),
        numbers: checked.plan.steps.iter().enumerate().map(|(at, step)| (step.id.clone(), at)).collect(),
        runner: &runner,
        checked: &checked,
        state: &state,
        tasks: JoinSet::new(),
        at_work: HashMap::new(),
        names: BTreeSet::new(),
        completed: 0,
        first_failure: None,
        over: None,
    };
    state.begins(now);
    runner.tell(ExecutionEvent::Started(Started {
        execution_id: None,
        plan_id: Some(state.id()),
        step_id: None,
        command: plan.title(),
        pid: None,
        started_at: now,
        metadata: checked.plan.metadata.clone(),
    }));
    plan.all(digests, Instant::now()).await;
    plan.tell_end(now);
}

/// Whoever waits for a plan is let go even when its run is thrown away.
struct Released<'a>(&'a PlanState);

impl Drop for Released<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

struct Running<'a, R> {
    schedule: Schedule,
    numbers: HashMap<String, usize>,
    runner: &'a Arc<R>,
    checked: &'a Arc<CheckedPlan>,
    state: &'a Arc<PlanState>,
    tasks: JoinSet<StepEnd>,
    at_work: HashMap<Id, usize>,
    /// The steps at work, in the order of the plan.
    names: BTreeSet<usize>,
    completed: usize,
    first_failure: Option<usize>,
    /// Why nothing more begins.
    over: Option<ExecutionStatus>,
}

impl<R: StepRunner> Running<'_, R> {
    async fn all(&mut self, digests: Option<Arc<Vec<String>>>, began: Instant) {
        let limit = self.checked.plan.total_timeout_ms.filter(|limit| *limit > 0).map(Duration::from_millis);
        loop {
            // What was stopped before it began begins nothing.
            if self.over.is_none() && self.state.stop().is_stopped() {
                self.give_up(ExecutionStatus::Cancelled);
            }
            let mut news = false;
            while let Some(at) = self.schedule.next() {
                self.begin(at, digests.clone());
                news = true;
            }
            if news {
                self.tell_progress();
            }
            let stop = self.state.stop();
            tokio::select! {
                biased;
                ended = self.tasks.join_next_with_id() => match ended {
                    Some(ended) => self.ended(ended),
                    None => return,
                },
                () = stop.stopped(), if self.over.is_none() => self.give_up(ExecutionStatus::Cancelled),
                limit = passed(began, limit), if self.over.is_none() => {
                    stop.stop(format!("the plan took longer than {limit:?} (`total_timeout_ms`)"));
                    self.give_up(ExecutionStatus::TimedOut);
                },
            }
        }
    }

    fn begin(&mut self, at: usize, digests: Option<Arc<Vec<String>>>) {
        self.state.step_begins(at);
        self.names.insert(at);
        let used = outputs::used(&self.checked.plan.steps[at].request);
        let used =
            used.into_iter().filter_map(|name| self.numbers.get(&name).map(|at| (name, *at))).collect();
        let turn = Turn {
            runner: Arc::clone(self.runner),
            checked: Arc::clone(self.checked),
            state: Arc::clone(self.state),
            digests,
            at,
            used,
        };
        let handle = self.tasks.spawn(async move { Box::pin(turn.take()).await });
        self.at_work.insert(handle.id(), at);
    }

    fn ended(&mut self, ended: Result<(Id, StepEnd), tokio::task::JoinError>) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        let Some(at) = self.at_work.remove(&id) else { return };
        self.names.remove(&at);
        let end = match ended {
            Ok((_, end)) => end,
            Err(error) => {
                let why = format!("it cannot be known what became of it: {error}");
                StepEnd { result: self.never_began(at, ExecutionStatus::Failed, why), root_cause: None }
            }
        };
        let completed = end.result.status == ExecutionStatus::Completed;
        if !completed && end.root_cause.is_none() {
            self.first_failure.get_or_insert(at);
        }
        self.take_note(at, end);
        let root = self.state.root_of(at);
        for skipped in self.schedule.end(at, completed) {
            let why = format!("not begun: step `{}` {}", self.state.step(root).0, self.fate(root));
            let result = self.never_began(skipped, ExecutionStatus::Skipped, why);
            self.take_note(skipped, StepEnd { result, root_cause: Some(root) });
        }
        self.tell_progress();
    }

    /// Lets nothing more begin; what runs is being stopped by the same that stopped the plan.
    fn give_up(&mut self, status: ExecutionStatus) {
        self.over = Some(status);
        let why = format!("not begun: {}", self.why_stopped());
        for at in self.schedule.stop() {
            let result = self.never_began(at, ExecutionStatus::Skipped, why.clone());
            self.take_note(at, StepEnd { result, root_cause: None });
        }
        self.tell_progress();
    }

    fn take_note(&mut self, at: usize, end: StepEnd) {
        self.completed += 1;
        self.state.step_ended(at, end.result, end.root_cause);
    }

    fn never_began(&self, at: usize, status: ExecutionStatus, why: String) -> Arc<ExecutionResult> {
        let (name, id, _) = self.state.step(at);
        self.runner.never_began(id, (self.state.id(), name.to_owned()), status, why)
    }

    fn fate(&self, at: usize) -> &'static str {
        match self.state.step_status(at) {
            ExecutionStatus::Cancelled => "was cancelled",
            ExecutionStatus::TimedOut => "took too long",
            _ => "failed",
        }
    }

    fn why_stopped(&self) -> String {
        let reason = self.state.stop().reason();
        match (self.over, reason.is_empty()) {
            (Some(ExecutionStatus::TimedOut), _) => reason,
            (_, true) => "the plan was cancelled".to_owned(),
            (_, false) => format!("the plan was cancelled: {reason}"),
        }
    }

    fn title(&self) -> String {
        let plan = &self.checked.plan;
        match (&plan.name, plan.steps.len()) {
            (Some(name), _) => name.clone(),
            (None, 1) => "a plan of 1 step".to_owned(),
            (None, count) => format!("a plan of {count} steps"),
        }
    }

    fn tell_progress(&self) {
        const NAMED: usize = 5;
        let mut names: Vec<&str> = self.names.iter().take(NAMED).map(|at| self.state.step(*at).0).collect();
        let more = self.names.len().saturating_sub(NAMED);
        let more = format!("{more} more");
        if self.names.len() > NAMED {
            names.push(&more);
        }
        let total = self.checked.plan.steps.len();
        self.runner.tell(ExecutionEvent::Progress(Progress {
            execution_id: None,
            plan_id: Some(self.state.id()),
            completed: self.completed as u64,
            total: total as u64,
            percent_complete: self.completed as f64 / total as f64 * 100.0,
            current_step: (!names.is_empty()).then(|| names.join(", ")),
        }));
    }

    fn tell_end(&self, started_at: Timestamp) {
        let failure = self.first_failure.map(|at| {
            let error = self.state.step_error(at).unwrap_or_default();
            let name = self.state.step(at).0;
            if error.is_empty() {
                format!("step `{name}` {}", self.fate(at))
            } else {
                format!("step `{name}`: {error}")
            }
        });
        let (status, error) = match (self.over, failure) {
            (Some(status), _) => (status, Some(self.why_stopped())),
            (None, Some(failure)) => (ExecutionStatus::Failed, Some(failure)),
            (None, None) => (ExecutionStatus::Completed, None),
        };
        let completed_at = Timestamp::now().max(started_at);
        let took = completed_at.duration_since(started_at).as_millis();
        let ended = Ended {
            execution_id: None,
            plan_id: Some(self.state.id()),
            status,
            exit_code: None,
            signal: None,
            error: error.clone(),
            duration_ms: u64::try_from(took).unwrap_or_default(),
            started_at,
            completed_at,
            teardown: None,
        };
        self.runner.tell(ended.into_event());
        self.state.ends(status, error, completed_at);
    }
}

/// Refuses what was decoded with loss: what a program wrote would not be what another one is given.
fn undamaged(text: String) -> Result<String, String> {
    if text.contains(char::REPLACEMENT_CHARACTER) { Err("it is not all UTF-8".to_owned()) } else { Ok(text) }
}

/// Returns once a limit is passed; never where there is none.
async fn passed(began: Instant, limit: Option<Duration>) -> Duration {
    let Some(limit) = limit else { return std::future::pending().await };
    sleep_until(began + limit).await;
    limit
}

/// A step whose turn it is.
struct Turn<R> {
    runner: Arc<R>,
    checked: Arc<CheckedPlan>,
    state: Arc<PlanState>,
    digests: Option<Arc<Vec<String>>>,
    at: usize,
    /// The steps whose outputs it uses.
    used: Vec<(String, usize)>,
}

impl<R: StepRunner> Turn<R> {
    async fn take(self) -> StepEnd {
        let step = &self.checked.plan.steps[self.at];
        let mut stdout = HashMap::new();
        for (name, used) in &self.used {
            if self.state.step_status(*used) != ExecutionStatus::Completed {
                let root = self.state.root_of(*used);
                let why = format!("not begun: it uses the output of step `{name}`, which did not complete");
                return self.never(ExecutionStatus::Skipped, why, Some(root));
            }
            let text = self.runner.stdout(self.state.step(*used).1).await;
            match text.and_then(undamaged) {
                Ok(text) => drop(stdout.insert(name.clone(), text)),
                Err(why) => {
                    let why =
                        format!("not begun: it uses the output of step `{name}`, which cannot be had: {why}");
                    return self.never(ExecutionStatus::Failed, why, None);
                }
            }
        }
        if let Some(approved) = self.digests.as_ref().and_then(|digests| digests.get(self.at)) {
            let secrets = self.runner.secrets();
            if let Err(error) = approve::unchanged(step, approved, secrets.as_deref()).await {
                return self.never(ExecutionStatus::Failed, format!("not begun: {error}"), None);
            }
        }
        let request = match outputs::fill(&step.request, &stdout) {
            Ok(request) => request,
            Err(error) => return self.never(ExecutionStatus::Failed, format!("not begun: {error}"), None),
        };
        let (name, id, stop) = self.state.step(self.at);
        let plan = Some((self.state.id(), name.to_owned()));
        let stop: Stop = stop.clone();
        let retry = step.retry.clone().filter(|_| step.idempotent);
        StepEnd {
            result: self.runner.run(Begin { id, plan, request, retry, stop, tee: None }).await,
            root_cause: None,
        }
    }

    fn never(&self, status: ExecutionStatus, why: String, root_cause: Option<usize>) -> StepEnd {
        let (name, id, _) = self.state.step(self.at);
        let result = self.runner.never_began(id, (self.state.id(), name.to_owned()), status, why);
        StepEnd { result, root_cause }
    }
}
