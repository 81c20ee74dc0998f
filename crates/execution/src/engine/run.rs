//! One execution, from when it waits for its turn until its end is told.

use std::sync::Arc;
use std::time::Duration;

use groma_execution_types::{
    Command, Ended, ExecutionEvent, ExecutionRequest, ExecutionResult, ExecutionStatus, Retry, Started,
    Teardown,
};
use jiff::Timestamp;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::attempt::{Attempt, Limits};
use super::book::pending;
use super::core::Engine;
use super::outcome::{Cause, Outcome};
use super::stop::Stop;
use super::{backoff, core};
use crate::output::Output;
use crate::output::redact::Redactor;
use crate::resolve::{Resolved, resolve};
use crate::{Begun, Note, ProcessIdentity, Tee};

/// What is to be run.
#[derive(Debug)]
pub(crate) struct Begin {
    pub id: Uuid,
    /// The plan and the step that it is.
    pub plan: Option<(Uuid, String)>,
    pub request: ExecutionRequest,
    /// Whether and how it is tried again; only what may be done twice has this.
    pub retry: Option<Retry>,
    pub stop: Stop,
    /// Gets output as it comes, too.
    pub tee: Option<Arc<dyn Tee>>,
}

impl Engine {
    /// Runs an execution that is entered.
    pub(crate) async fn drive(&self, begin: Begin) -> Arc<ExecutionResult> {
        let slot = tokio::select! {
            biased;
            () = begin.stop.stopped() => None,
            slot = self.slots.acquire() => slot.ok(),
        };
        let Some(slot) = slot else {
            let outcome = Outcome::stopped(&Cause::Stopped(begin.stop.reason()));
            let error = outcome.error.unwrap_or_default();
            return self.never_began(begin.id, begin.plan, ExecutionStatus::Cancelled, error);
        };
        let mut run =
            Run { engine: self, begin: &begin, since: Timestamp::now(), began: Instant::now(), attempts: 0 };
        match resolve(&begin.request, self.secrets.as_deref()).await {
            Ok(resolved) => run.all(&resolved, slot).await,
            Err(error) => {
                run.tell_started(None, &kind(&begin.request.command));
                run.over(Outcome::failed(core::chain(&error)), None, None).await
            }
        }
    }

    /// Tells the end of what has not begun.
    pub(crate) fn never_began(
        &self,
        id: Uuid,
        plan: Option<(Uuid, String)>,
        status: ExecutionStatus,
        error: String,
    ) -> Arc<ExecutionResult> {
        let now = Timestamp::now();
        let result = ExecutionResult { status, error: Some(error), completed_at: Some(now), ..pending(id) };
        let result = Arc::new(result);
        self.book.end(Arc::clone(&result));
        self.delivery.ended(event(&result, plan.as_ref(), now));
        result
    }
}

/// An execution that runs.
struct Run<'a> {
    engine: &'a Engine,
    begin: &'a Begin,
    since: Timestamp,
    began: Instant,
    attempts: u32,
}

impl<'a> Run<'a> {
    /// Runs all its attempts.
    async fn all(&mut self, resolved: &Resolved, slot: SemaphorePermit<'a>) -> Arc<ExecutionResult> {
        let (engine, begin) = (self.engine, self.begin);
        let redactor = Redactor::new(&resolved.secrets);
        let shown = redactor.text(&resolved.shown.display);
        let mut options = engine.output_options();
        let log = engine.delivery.log(&mut options);
        let mut output = Output::new(begin.id, log, options, &resolved.secrets);
        if let Some(tee) = &engine.tee {
            output.tee(Arc::clone(tee));
        }
        if let Some(tee) = &begin.tee {
            output.tee(Arc::clone(tee));
        }
        engine.book.runs(begin.id, self.since, output.position());
        if engine.sink.is_some()
            && let Err(error) = output.note(&self.begun()).await
        {
            // Nothing is started that could not be found again.
            self.tell_started(None, &shown);
            let outcome =
                Outcome::failed(format!("nothing was started, for its log cannot be made: {error}"));
            return self.over(outcome, None, None).await;
        }
        let mut slot = Some(slot);
        let mut torn: Option<Teardown> = None;
        let mut outcome = loop {
            let next = match slot.take() {
                Some(slot) => Some(slot),
                None => self.slot().await,
            };
            let Some(slot) = next else { break self.stopped() };
            self.attempts += 1;
            engine.book.attempts(begin.id, self.attempts);
            let (outcome, teardown) = self.once(resolved, &shown, &mut output, slot).await;
            let again = self.again(&outcome, teardown.as_ref());
            torn = teardown.or(torn);
            match again {
                Some(wait) if self.pause(wait).await => {}
                Some(_) => break self.stopped(),
                None => break outcome,
            }
        };
        outcome.error = outcome.error.map(|error| redactor.text(&error));
        self.over(outcome, torn, Some(&mut output)).await
    }

    /// Makes one attempt.
    async fn once(
        &self,
        resolved: &Resolved,
        shown: &str,
        output: &mut Output,
        slot: SemaphorePermit<'_>,
    ) -> (Outcome, Option<Teardown>) {
        let attempt =
            Attempt { engine: self.engine, id: self.begin.id, limits: self.limits(), stop: &self.begin.stop };
        let spawned = attempt.start(resolved).await;
        if self.attempts == 1 {
            self.tell_started(spawned.as_ref().ok().map(|spawned| spawned.running.pid()), shown);
            self.engine.delivery.follow(self.begin.id, output.position());
        }
        let spawned = match spawned {
            Ok(spawned) => spawned,
            Err(outcome) => return (outcome, None),
        };
        if self.engine.sink.is_some() {
            // A log that fails from here on is told by whoever reads the output.
            let _ = output.note(&Note::Spawned(self.spawned(&spawned.running))).await;
        }
        let (outcome, teardown) = attempt.see_through(spawned, output, slot, resolved.aws).await;
        (outcome, Some(teardown))
    }

    fn begun(&self) -> Note {
        let (plan, step) = self.begin.plan.clone().unzip();
        Note::Begun(Box::new(Begun {
            request: self.begin.request.clone(),
            cookie: self.begin.id.to_string(),
            engine: self.engine.own.clone(),
            at: self.since,
            plan,
            step,
        }))
    }

    fn spawned(&self, running: &crate::process::Running) -> crate::Spawned {
        crate::Spawned {
            attempt: self.attempts,
            leader: ProcessIdentity::of(running.pid()),
            mechanism: running.mechanism(),
            cgroup: running.cgroup().map(|cgroup| cgroup.path().to_owned()),
        }
    }

    fn limits(&self) -> Limits {
        let (request, config) = (&self.begin.request, &self.engine.config);
        let milliseconds = Duration::from_millis;
        Limits {
            attempt: self.engine.attempt_limit(request.timeout_ms),
            total: self.total().map(|limit| (self.began + limit, limit)),
            silence: request.silence_timeout_ms.map(milliseconds),
            grace: request.grace_ms.map_or(config.grace, milliseconds),
        }
    }

    fn total(&self) -> Option<Duration> {
        self.begin.request.total_timeout_ms.map(Duration::from_millis)
    }

    /// Returns how long to wait before the next attempt; `None`: there is none.
    fn again(&self, outcome: &Outcome, teardown: Option<&Teardown>) -> Option<Duration> {
        let retry = self.begin.retry.as_ref()?;
        // What is left of one attempt could spoil what the next one does.
        let gone = teardown.is_none_or(|teardown| teardown.survivors.is_empty() && !teardown.pipes_held);
        let again = outcome.status != ExecutionStatus::Completed
            && outcome.retryable
            && gone
            && self.attempts < retry.max_attempts;
        again.then(|| backoff::wait(retry, self.attempts))
    }

    /// Waits before the next attempt. Returns whether there is to be one.
    async fn pause(&self, wait: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.begin.stop.stopped() => false,
            () = self.time_is_up() => false,
            () = sleep(wait) => true,
        }
    }

    /// Waits for the turn of another attempt; `None`: there is to be none.
    async fn slot(&self) -> Option<SemaphorePermit<'a>> {
        tokio::select! {
            biased;
            () = self.begin.stop.stopped() => None,
            () = self.time_is_up() => None,
            slot = self.engine.slots.acquire() => slot.ok(),
        }
    }

    async fn time_is_up(&self) {
        match self.total() {
            Some(limit) => tokio::time::sleep_until(self.began + limit).await,
            None => std::future::pending().await,
        }
    }

    /// Returns why there is no further attempt.
    fn stopped(&self) -> Outcome {
        match self.total() {
            Some(limit) if !self.begin.stop.is_stopped() => Outcome::stopped(&Cause::Total(limit)),
            _ => Outcome::stopped(&Cause::Stopped(self.begin.stop.reason())),
        }
    }

    fn tell_started(&self, pid: Option<u32>, command: &str) {
        let (plan_id, step_id) = self.begin.plan.clone().unzip();
        self.engine.delivery.started(Started {
            execution_id: Some(self.begin.id),
            plan_id,
            step_id,
            command: command.to_owned(),
            pid,
            started_at: self.since,
            metadata: self.begin.request.metadata.clone(),
        });
    }

    /// Notes the end in the log, in the book, and tells it.
    async fn over(
        &self,
        outcome: Outcome,
        teardown: Option<Teardown>,
        output: Option<&mut Output>,
    ) -> Arc<ExecutionResult> {
        let position = output.as_ref().map(|output| output.position().borrow().clone());
        let kept = output.as_ref().map(|output| output.kept()).unwrap_or_default();
        let fault = position.as_ref().and_then(|position| position.fault.as_ref());
        let mut result = ExecutionResult {
            status: outcome.status,
            exit_code: outcome.exit_code,
            signal: outcome.signal,
            duration: self.began.elapsed(),
            started_at: Some(self.since),
            completed_at: Some(Timestamp::now().max(self.since)),
            log_path: output
                .as_ref()
                .and(self.engine.sink.as_ref())
                .and_then(|sink| sink.path(self.begin.id)),
            truncated: kept.truncated || fault.is_some(),
            teardown,
            error: outcome.error.or_else(|| fault.cloned()),
            attempts: self.attempts,
            lines: position.as_ref().map_or(0, |position| position.lines),
            bytes: position.as_ref().map_or(0, |position| position.bytes),
            ..pending(self.begin.id)
        };
        if let Some(output) = output.filter(|_| self.engine.sink.is_some())
            && let Err(error) = output.note(&Note::Ended { result: Box::new(result.clone()) }).await
        {
            tracing::error!(id = %self.begin.id, %error, "failed to note the end of an execution in its log");
        }
        (result.stdout, result.stderr) = (kept.stdout, kept.stderr);
        let result = Arc::new(result);
        self.engine.book.end(Arc::clone(&result));
        self.engine.delivery.ended(event(&result, self.begin.plan.as_ref(), self.since));
        result
    }
}

/// Returns the event that tells an end.
pub(super) fn event(
    result: &ExecutionResult,
    plan: Option<&(Uuid, String)>,
    started_at: Timestamp,
) -> ExecutionEvent {
    let ended = Ended {
        execution_id: Some(result.id),
        plan_id: plan.map(|(plan, _)| *plan),
        status: result.status,
        exit_code: result.exit_code,
        signal: result.signal,
        error: result.error.clone(),
        duration_ms: u64::try_from(result.duration.as_millis()).unwrap_or(u64::MAX),
        started_at,
        completed_at: result.completed_at.unwrap_or(started_at),
        teardown: result.teardown.clone(),
    };
    ended.into_event()
}

/// Returns what kind of command it is, when nothing more can be said without saying too much.
fn kind(command: &Command) -> String {
    match command {
        Command::Script { path: Some(path), .. } => format!("script {}", path.display()),
        Command::Script { .. } => "script".to_owned(),
        Command::Exec { program, .. } => program.clone(),
        Command::Shell { .. } => "shell line".to_owned(),
        Command::AwsCli { service, operation, .. } => format!("aws {service} {operation}"),
    }
}
