//! Driving a job from its beginning, or from where it was left, to its end.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use groma_model::task::{PendingUnit, Plan, StoreError, Tally, TaskEnd, UnitDone};
use groma_model::{Payload, TaskId};
use parking_lot::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::progress::Progress;
use crate::{Job, PlanError, Stop, StopCause, TaskContext, UnitContext, UnitError};

/// How a task comes to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    /// It was queued and has told nothing yet.
    New {
        /// The ended task whose rest it does.
        resumes: Option<TaskId>,
    },
    /// An earlier process began it.
    Resumed,
}

/// What became of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The task ended, and its terminal event is on disk.
    Ended(TaskEnd),
    /// The process stops; the task goes on in the next one.
    Suspended,
    /// Storage refused; the task goes on in the next process.
    Stranded(StoreError),
}

/// A unit that fails for a passing reason is tried so often in all.
const ATTEMPTS: u32 = 3;
const BACKOFF: Duration = Duration::from_millis(500);
/// How long units get to stop by themselves.
const GRACE: Duration = Duration::from_secs(5);
const UNPLANNED: &str = "the process died before it was known what to do: start the scan again";
const TICK: Duration = Duration::from_secs(1);
/// Progress that did not change is told again after so many ticks.
const QUIET_TICKS: u32 = 2;

/// Runs a task. `cx.cancel` must be the token of `stop`.
pub async fn run(job: Arc<dyn Job>, cx: TaskContext, stop: Stop, beginning: Beginning) -> Outcome {
    match AssertUnwindSafe(drive(&job, &cx, &stop, beginning)).catch_unwind().await {
        Ok(Ok(Some(end))) => Outcome::Ended(end),
        Ok(Ok(None)) => Outcome::Suspended,
        Ok(Err(error)) => Outcome::Stranded(error),
        // Whoever runs tasks must hear of the end of each.
        Err(_) => {
            Outcome::Stranded(StoreError::Failed("the task panicked, which is a fault of ours".to_owned()))
        }
    }
}

async fn drive(
    job: &Arc<dyn Job>,
    cx: &TaskContext,
    stop: &Stop,
    beginning: Beginning,
) -> Result<Option<TaskEnd>, StoreError> {
    if let Beginning::New { resumes } = beginning {
        match begin(job, cx, stop, resumes).await? {
            Begun::Running => {}
            Begun::Suspended => return Ok(None),
            Begun::Over(end, events) => return finish(job, cx, end, events).await.map(Some),
        }
    }
    let standing = cx.units.standing(cx.id).await?;
    let unplanned = standing.settled == Tally::default();
    let mut pool = Pool {
        job: Arc::clone(job),
        cx: cx.clone(),
        progress: Progress::new(cx.id, Arc::clone(job), Arc::clone(&cx.clock), standing),
        waiting: cx.units.pending_units(cx.id).await?.into(),
        running: JoinSet::new(),
    };
    for unit in pool.waiting.iter().filter(|unit| unit.tally != Tally::default()) {
        pool.progress.enter(unit);
    }
    if unplanned && pool.waiting.is_empty() {
        // It died while being ended, after a stop or an error in planning.
        return pool.fail(Tally::default(), UNPLANNED.to_owned()).await.map(Some);
    }
    let worked = pool.work().await;
    pool.running.shutdown().await;
    let tally = pool.progress.tally();
    match (worked, stop.cause()) {
        (Err(Trouble::Store(StoreError::TaskEnded(_))), _) => Ok(None),
        // Storage that takes the end refused something of this task alone: it would do so in every process to come.
        (Err(Trouble::Store(error)), _) => {
            pool.fail(tally, error.to_string()).await.map(Some).map_err(|_| error)
        }
        (Err(Trouble::Fatal(message)), _) => pool.fail(tally, message).await.map(Some),
        (Ok(Pause::Exhausted), _) => {
            pool.tell(tally).await?;
            finish(job, cx, TaskEnd::Completed, Vec::new()).await.map(Some)
        }
        (Ok(Pause::Stopped), Some(StopCause::Cancel { reason })) => {
            pool.tell(tally).await?;
            finish(job, cx, TaskEnd::Cancelled { reason: reason.clone() }, Vec::new()).await.map(Some)
        }
        (Ok(Pause::Stopped), _) => {
            pool.tell(tally).await?;
            Ok(None)
        }
    }
}

enum Begun {
    Running,
    Suspended,
    /// With what is told ahead of the end.
    Over(TaskEnd, Vec<Payload>),
}

async fn begin(
    job: &Arc<dyn Job>,
    cx: &TaskContext,
    stop: &Stop,
    resumes: Option<TaskId>,
) -> Result<Begun, StoreError> {
    let taken_over = cx.units.pending_units(cx.id).await?;
    let planned = if taken_over.is_empty() {
        tokio::select! {
            biased;
            () = cx.cancel.cancelled() => None,
            planned = AssertUnwindSafe(job.plan(cx)).catch_unwind() => {
                Some(planned.unwrap_or_else(|_| Err(panicked(job, cx))))
            }
        }
    } else {
        Some(Ok(Plan { tally: job.remaining(&taken_over), ..Plan::default() }))
    };
    let started = |job: &Arc<dyn Job>| job.started(cx.id, resumes, cx.clock.now());
    match planned {
        Some(Ok(plan)) => {
            cx.units.begin(cx.id, plan, started(job)).await?;
            Ok(Begun::Running)
        }
        Some(Err(error)) => {
            cx.units.begin(cx.id, Plan::default(), started(job)).await?;
            Ok(Begun::Over(TaskEnd::Failed { error: error.message }, error.events))
        }
        // Even a task that never ran tells its start before its end.
        None => match stop.cause() {
            Some(StopCause::Cancel { reason }) => {
                cx.units.begin(cx.id, Plan::default(), started(job)).await?;
                Ok(Begun::Over(TaskEnd::Cancelled { reason: reason.clone() }, Vec::new()))
            }
            _ => Ok(Begun::Suspended),
        },
    }
}

fn panicked(job: &Arc<dyn Job>, cx: &TaskContext) -> PlanError {
    let message =
        "planning failed from within, which is a fault of ours: see the log, and report it".to_owned();
    PlanError { events: vec![job.error(cx.id, &message, true, cx.clock.now())], message }
}

/// Ends the task, telling `events` first: both at once, so that no process dies between a fatal error and the end.
async fn finish(
    job: &Arc<dyn Job>,
    cx: &TaskContext,
    end: TaskEnd,
    mut events: Vec<Payload>,
) -> Result<TaskEnd, StoreError> {
    let (job, clock, task, told) = (Arc::clone(job), Arc::clone(&cx.clock), cx.id, end.clone());
    let events = Box::new(move |summary: &_| {
        events.extend(job.ended(task, &told, summary, clock.now()));
        events
    });
    cx.units.end(cx.id, end.clone(), events).await?;
    Ok(end)
}

enum Pause {
    Exhausted,
    Stopped,
}

enum Trouble {
    Fatal(String),
    Store(StoreError),
}

type Finished = (PendingUnit, Result<UnitDone, UnitError>);

/// The units of a task, waiting and running.
struct Pool {
    job: Arc<dyn Job>,
    cx: TaskContext,
    progress: Progress,
    waiting: VecDeque<PendingUnit>,
    running: JoinSet<Finished>,
}

impl Pool {
    async fn work(&mut self) -> Result<Pause, Trouble> {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.tick().await;
        let mut quiet = 0_u32;
        let mut told = None;
        loop {
            while self.running.len() < self.job.unit_concurrency().max(1) && !self.cx.cancel.is_cancelled() {
                let Some(unit) = self.waiting.pop_front() else { break };
                let live = self.progress.enter(&unit);
                self.running.spawn(attempt(Arc::clone(&self.job), self.cx.clone(), unit, live));
            }
            tokio::select! {
                finished = self.running.join_next() => match finished {
                    // Units that were stopped are gone from here, but not done.
                    None if self.cx.cancel.is_cancelled() => return self.wind_down().await,
                    None => return Ok(Pause::Exhausted),
                    Some(Ok((unit, result))) => self.settle(unit, result).await?,
                    Some(Err(error)) => return Err(Trouble::Fatal(format!("a unit of the scan failed from within: {error}"))),
                },
                _ = ticks.tick() => {
                    let tally = self.progress.tally();
                    quiet = if told.as_ref() == Some(&tally) { quiet + 1 } else { 0 };
                    if quiet.is_multiple_of(QUIET_TICKS) {
                        self.tell(tally.clone()).await.map_err(Trouble::Store)?;
                        told = Some(tally);
                    }
                }
                () = self.cx.cancel.cancelled() => return self.wind_down().await,
            }
        }
    }

    async fn settle(
        &mut self,
        unit: PendingUnit,
        result: Result<UnitDone, UnitError>,
    ) -> Result<(), Trouble> {
        let (task, key) = (self.cx.id, unit.spec.key.clone());
        match result {
            Ok(done) => {
                let next = done.next.clone();
                let tally = done.tally.clone();
                self.cx.units.complete(task, &key, done).await.map_err(Trouble::Store)?;
                self.progress.settle(&key, &tally);
                // Followers first: what was begun is finished before more is begun.
                for spec in next.into_iter().rev() {
                    self.waiting.push_front(PendingUnit {
                        spec,
                        checkpoint: None,
                        tally: Tally::default(),
                        attempts: 0,
                    });
                }
            }
            Err(UnitError::Stopped) => {}
            Err(UnitError::Failed { message, .. }) => {
                let event = self.job.error(task, &message, false, self.cx.clock.now());
                self.cx.units.fail(task, &key, message, event).await.map_err(Trouble::Store)?;
            }
            Err(UnitError::Fatal { message }) => return Err(Trouble::Fatal(message)),
            Err(UnitError::Store(error)) => return Err(Trouble::Store(error)),
        }
        Ok(())
    }

    /// Lets running units set their checkpoints; those that do not stop in time are dropped at their last one.
    async fn wind_down(&mut self) -> Result<Pause, Trouble> {
        let deadline = Instant::now() + GRACE;
        while let Ok(Some(finished)) = tokio::time::timeout_at(deadline, self.running.join_next()).await {
            if let Ok((unit, result)) = finished {
                self.settle(unit, result).await?;
            }
        }
        self.running.shutdown().await;
        Ok(if self.waiting.is_empty() && self.all_done().await? { Pause::Exhausted } else { Pause::Stopped })
    }

    /// A stop that came when everything was done changes nothing.
    async fn all_done(&self) -> Result<bool, Trouble> {
        Ok(self.cx.units.pending_units(self.cx.id).await.map_err(Trouble::Store)?.is_empty())
    }

    /// Ends the task as failed.
    async fn fail(&mut self, tally: Tally, message: String) -> Result<TaskEnd, StoreError> {
        self.tell(tally).await?;
        let event = self.job.error(self.cx.id, &message, true, self.cx.clock.now());
        finish(&self.job, &self.cx, TaskEnd::Failed { error: message }, vec![event]).await
    }

    async fn tell(&mut self, tally: Tally) -> Result<(), StoreError> {
        match self.progress.snapshot() {
            Some(snapshot) => self.cx.units.progress(self.cx.id, tally, self.job.progress(&snapshot)).await,
            None => Ok(()),
        }
    }
}

/// Runs a unit, again if it fails for a passing reason.
async fn attempt(
    job: Arc<dyn Job>,
    cx: TaskContext,
    mut unit: PendingUnit,
    live: Arc<Mutex<Tally>>,
) -> Finished {
    let context = UnitContext::new(cx.clone(), &unit.spec.key, live);
    loop {
        let result = job.run(&context, &unit).await;
        unit.attempts += 1;
        match result {
            Err(UnitError::Failed { transient: true, .. }) if unit.attempts < ATTEMPTS => {
                if let Some((checkpoint, tally)) = context.kept() {
                    (unit.checkpoint, unit.tally) = (Some(checkpoint), tally);
                }
                let wait = BACKOFF * 2_u32.pow(unit.attempts - 1);
                tokio::select! {
                    () = sleep(wait) => {}
                    () = cx.cancel.cancelled() => return (unit, Err(UnitError::Stopped)),
                }
            }
            result => return (unit, result),
        }
    }
}

#[cfg(test)]
mod tests;
