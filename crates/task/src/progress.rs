//! How far a task is: never less than was told before, and how much longer it takes.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use groma_model::task::{PendingUnit, Standing, Tally};
use groma_model::{Clock, TaskId};
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::{Job, Snapshot, Work};

/// The rate is measured over so much of the recent past.
const WINDOW: Duration = Duration::from_secs(20);
/// A rate measured over less is a guess.
const WINDOW_MIN: Duration = Duration::from_secs(2);

/// The counters of a running task.
#[derive(Debug)]
pub(crate) struct Progress {
    task: TaskId,
    job: Arc<dyn Job>,
    clock: Arc<dyn Clock>,
    settled: Tally,
    live: HashMap<String, Arc<Mutex<Tally>>>,
    told: Work,
    elapsed_before: Duration,
    since: Instant,
    samples: VecDeque<(Instant, u64)>,
}

impl Progress {
    pub(crate) fn new(task: TaskId, job: Arc<dyn Job>, clock: Arc<dyn Clock>, standing: Standing) -> Self {
        let told = job.work(&standing.told);
        Self {
            task,
            job,
            clock,
            settled: standing.settled,
            live: HashMap::new(),
            told,
            elapsed_before: Duration::from_millis(standing.elapsed_ms),
            since: Instant::now(),
            samples: VecDeque::new(),
        }
    }

    /// Returns where a unit reports to; what it counted up to its checkpoint counts from now on.
    pub(crate) fn enter(&mut self, unit: &PendingUnit) -> Arc<Mutex<Tally>> {
        let live = self.live.entry(unit.spec.key.clone()).or_default();
        *live.lock() = unit.tally.clone();
        Arc::clone(live)
    }

    /// Counts a finished unit for good.
    pub(crate) fn settle(&mut self, key: &str, tally: &Tally) {
        self.live.remove(key);
        self.settled.add(tally);
    }

    pub(crate) fn tally(&self) -> Tally {
        let mut tally = self.settled.clone();
        for live in self.live.values() {
            tally.add(&live.lock());
        }
        tally
    }

    /// Returns what to tell now; nothing while a resumed task has not caught up with what was told before.
    pub(crate) fn snapshot(&mut self) -> Option<Snapshot> {
        let tally = self.tally();
        let work = self.job.work(&tally);
        if work.done < self.told.done || (self.told.total > 0 && work.total > self.told.total) {
            return None;
        }
        self.told = work;
        let now = Instant::now();
        self.samples.push_back((now, work.done));
        while self.samples.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW)
            && self.samples.len() > 2
        {
            self.samples.pop_front();
        }
        Some(Snapshot {
            task: self.task,
            elapsed_ms: (self.elapsed_before + self.since.elapsed()).as_millis() as u64,
            estimated_remaining_ms: self.estimate(now, work),
            at: self.clock.now(),
            tally,
        })
    }

    fn estimate(&self, now: Instant, work: Work) -> Option<u64> {
        let (from, done) = self.samples.front()?;
        let span = now.duration_since(*from);
        let gained = work.done.saturating_sub(*done);
        if span < WINDOW_MIN || gained == 0 {
            return None;
        }
        let left = work.total.saturating_sub(work.done);
        Some((span.as_millis() as f64 * left as f64 / gained as f64) as u64)
    }
}
