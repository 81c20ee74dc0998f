//! One webhook at work: reads the journal, keeps what waits in lanes, sends, and notes what became of it.

mod note;
mod settle;
mod wait;

use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use groma_api::{DeliveryKind, WebhookDelivery};
use groma_model::{Sequence, Timestamp, WebhookId};
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::WebhookError;
use crate::answer::Answer;
use crate::lanes::{Lane, Lanes, Waiting};
use crate::message::Message;
use crate::reading::{self, Read, Wanted};
use crate::record::{Reading, Record, Standing, Will};
use crate::store::Ended;
use crate::surroundings::Surroundings;
use crate::tracker::{Progress, Retry, Tracker};

/// What is shown of a webhook while it works.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub(crate) standing: Standing,
    /// How far the live reading is.
    pub(crate) position: Sequence,
    /// The lowest position of all readings that is on disk: events behind it are still needed.
    pub(crate) held: Sequence,
    pub(crate) waiting: u64,
    pub(crate) retry_at: Option<Timestamp>,
}

/// A reading under way.
#[derive(Debug)]
struct Open {
    kept: Reading,
    tracker: Tracker,
    retries: HashMap<u64, Retry>,
    reads: mpsc::Receiver<Read>,
    /// Whether everything up to its end was read.
    ended: bool,
    waiting_max: usize,
    _task: AbortOnDropHandle<()>,
}

/// How a try ended.
#[derive(Debug)]
struct Tried {
    lane: Lane,
    at: Timestamp,
    took: Duration,
    answer: Answer,
    /// Whether it was the trial of a webhook that rests.
    trial: bool,
}

type Writing = Pin<Box<dyn Future<Output = Result<(), WebhookError>> + Send>>;

pub(crate) struct Worker {
    around: Arc<Surroundings>,
    record: Record,
    live: Arc<Mutex<Live>>,
    standing: Standing,
    readings: BTreeMap<u32, Open>,
    lanes: Lanes,
    in_flight: JoinSet<Tried>,
    /// The receiver asked to be left alone until then.
    asked_until: Option<Instant>,
    /// After many failures only a trial goes out, then.
    rests_until: Option<Instant>,
    disabled: Option<Ended>,
    /// What is not yet on disk.
    dirty: bool,
    tries: Vec<WebhookDelivery>,
    retries: Vec<(u32, Retry)>,
    settled: Vec<(u32, u64)>,
    ended: Vec<u32>,
    writing: Option<Writing>,
    /// Nothing is written before this.
    write_after: Option<Instant>,
    /// Whether storage refused the last time.
    refused: bool,
}

/// Events of a replay that are read and wait.
const REPLAY_WAITING_MAX: usize = 200;
/// What these and live ones may take, in bytes, per reading.
const WAITING_BYTES_MAX: usize = 4 << 20;
/// What is read beyond what may wait: one hand-out of the journal per reading.
const READ_AHEAD: usize = 1;

impl Worker {
    /// Takes a webhook up where its readings are.
    ///
    /// # Errors
    /// When these cannot be read.
    pub(crate) async fn new(
        around: Arc<Surroundings>,
        record: Record,
        live: Arc<Mutex<Live>>,
    ) -> Result<Self, WebhookError> {
        let standing = live.lock().standing.clone();
        let now = around.clock.now();
        let rests_until = standing.rests_until.map(|at| instant(at, now, around.policy.retry_after_max));
        let mut worker = Self {
            standing,
            readings: BTreeMap::new(),
            lanes: Lanes::default(),
            in_flight: JoinSet::new(),
            asked_until: rests_until,
            rests_until,
            disabled: None,
            dirty: false,
            tries: Vec::new(),
            retries: Vec::new(),
            settled: Vec::new(),
            ended: Vec::new(),
            writing: None,
            write_after: None,
            refused: false,
            around,
            record,
            live,
        };
        for (reading, retries) in worker.around.store.readings(worker.record.id).await? {
            worker.open(reading, retries)?;
        }
        Ok(worker)
    }

    /// Begins a reading, in a task of its own.
    fn open(&mut self, mut kept: Reading, retries: Vec<Retry>) -> Result<(), WebhookError> {
        let head = self.around.journal.head();
        let after = Sequence::new(groma_model::Epoch::from_millis(kept.epoch), kept.progress.position);
        if after.epoch != head.epoch {
            // Numbers of another history mean nothing in this one; the journal tells the gap.
            kept.progress = Progress::at(0);
            kept.epoch = head.epoch.number();
        } else if after.number > head.number {
            kept.progress = Progress::at(head.number);
        }
        let wanted = Wanted { after, filter: self.record.target.filter()?, idle: self.around.policy.idle };
        let (to, reads) = mpsc::channel(READ_AHEAD);
        let task = tokio::spawn(reading::read(Arc::clone(&self.around.journal), wanted, to));
        let waiting_max = match kept.reading {
            0 => self.around.policy.waiting_max,
            _ => REPLAY_WAITING_MAX.min(self.around.policy.waiting_max),
        };
        let open = Open {
            tracker: Tracker::new(kept.progress.clone()),
            retries: retries.into_iter().map(|retry| (retry.number, retry)).collect(),
            reads,
            ended: false,
            waiting_max,
            _task: AbortOnDropHandle::new(task),
            kept,
        };
        self.readings.insert(open.kept.reading, open);
        Ok(())
    }

    /// Works until told to stop, or the webhook is disabled.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            self.launch();
            self.write();
            self.show();
            if self.disabled.is_none() && self.standing.will != Will::Active && self.writing.is_none() {
                return;
            }
            self.step(&stop).await;
        }
        self.end().await;
    }

    /// Waits for the next thing to happen and deals with it.
    async fn step(&mut self, stop: &CancellationToken) {
        let wake = self.wake();
        let write_after = self.write_after.filter(|_| self.dirty && self.writing.is_none());
        let wake = [wake, write_after].into_iter().flatten().min();
        let readings = self.readings.values_mut();
        let lanes = &self.lanes;
        let open = readings
            .filter(|open| {
                let (events, bytes) = lanes.waiting(open.kept.reading);
                !open.ended && events < open.waiting_max && bytes < WAITING_BYTES_MAX
            })
            .map(|open| (open.kept.reading, &mut open.reads));
        let reads = wait::next_read(open.collect());
        tokio::select! {
            () = stop.cancelled() => {}
            Some(tried) = self.in_flight.join_next() => self.settle(tried),
            written = wait::finished(&mut self.writing) => self.written(written),
            (reading, read) = reads => self.take(reading, read),
            () = wait::sleep_until(wake) => {}
        }
    }

    /// Sends what may go out.
    fn launch(&mut self) {
        let now = Instant::now();
        if self.standing.will != Will::Active || self.asked_until.is_some_and(|until| until > now) {
            return;
        }
        self.asked_until = None;
        let trial = self.resting();
        if trial && self.rests_until.is_some_and(|until| until > now) {
            return;
        }
        let in_flight_max = if trial { 1 } else { self.around.policy.in_flight_max };
        while self.in_flight.len() < in_flight_max {
            let Some((lane, waiting)) = self.lanes.next(now) else { return };
            let (message, around) = (waiting.message.clone(), Arc::clone(&self.around));
            let at = around.clock.now();
            let address = self.record.address(at);
            self.in_flight.spawn(async move {
                let begun = Instant::now();
                let answer = match address {
                    Ok(address) => around.sender.send(&address, &message, at).await,
                    Err(error) => Answer::failed(error.to_string()),
                };
                Tried { lane, at, took: begun.elapsed(), answer, trial }
            });
        }
    }

    fn resting(&self) -> bool {
        self.standing.failures >= self.around.policy.failures_max
    }

    /// Returns when something may go out that may not now; `None` if only other things can change that.
    fn wake(&self) -> Option<Instant> {
        let trial = self.resting();
        let in_flight_max = if trial { 1 } else { self.around.policy.in_flight_max };
        if self.in_flight.len() >= in_flight_max {
            return None;
        }
        let lanes = self.lanes.due();
        let rest = if trial { self.rests_until } else { None };
        let blocked = self.asked_until.max(rest);
        match (self.lanes.ready(), lanes, blocked) {
            (true, _, blocked) => blocked,
            (false, due, blocked) => due.map(|due| blocked.map_or(due, |blocked| blocked.max(due))),
        }
    }

    /// Takes in what was read.
    fn take(&mut self, reading: u32, read: Option<Read>) {
        let Some(open) = self.readings.get_mut(&reading) else { return };
        let (now, instant_now) = (self.around.clock.now(), Instant::now());
        self.dirty = true;
        let through = open.kept.through.unwrap_or(u64::MAX);
        match read {
            Some(Read::Events(events)) => {
                for event in events {
                    if event.number > through {
                        open.tracker.passed(through);
                        open.ended = true;
                        break;
                    }
                    if open.tracker.read(event.number) {
                        let retry = open.retries.remove(&event.number);
                        let waiting = waiting(event.message, Some(event.number), retry, now, instant_now);
                        self.lanes.push(Lane { reading, subject: waiting.message.subject }, waiting);
                    }
                }
            }
            Some(Read::Gap(message)) => {
                let gap = Some(open.tracker.gap());
                let waiting = Waiting { gap, ..waiting(message, None, None, now, instant_now) };
                self.lanes.push(Lane { reading, subject: None }, waiting);
            }
            Some(Read::Aside(message)) if reading == 0 => {
                let subject = message.subject;
                self.lanes.push(Lane { reading, subject }, waiting(message, None, None, now, instant_now));
            }
            Some(Read::Aside(_)) => self.dirty = false,
            Some(Read::Head(number)) => {
                open.tracker.passed(number.min(through));
                open.ended |= number >= through;
            }
            None => open.ended = true,
        }
        self.finish(reading);
    }

    /// Forgets a replay that has reached its end.
    fn finish(&mut self, reading: u32) {
        let over = |open: &Open| open.kept.through.is_some() && open.ended && open.tracker.waiting() == 0;
        if self.readings.get(&reading).is_some_and(over) {
            self.readings.remove(&reading);
            self.ended.push(reading);
        }
    }

    fn kind(reading: u32) -> DeliveryKind {
        if reading == 0 { DeliveryKind::Live } else { DeliveryKind::Replay }
    }

    /// Lets tries under way end for a moment; what does not is made again some other time, and counts as nothing.
    async fn end(mut self) {
        // No more is read or sent.
        let until = Instant::now() + self.around.policy.grace;
        while let Ok(Some(tried)) = tokio::time::timeout_at(until, self.in_flight.join_next()).await {
            self.settle(tried);
        }
        self.in_flight.abort_all();
        // What is being written, and what came since.
        for _ in 0..2 {
            if let Some(writing) = self.writing.take() {
                let written = writing.await;
                self.written(written);
            }
            if !self.refused {
                self.write_after = None;
                self.write();
            }
        }
        if let Some(writing) = self.writing.take() {
            let written = writing.await;
            self.written(written);
        }
        self.show();
    }

    /// Shows others how things stand.
    fn show(&self) {
        let epoch = self.around.journal.head().epoch;
        let mut live = self.live.lock();
        live.standing.clone_from(&self.standing);
        if let Some(open) = self.readings.get(&0) {
            live.position = Sequence::new(epoch, open.tracker.position());
        }
        live.waiting = self.readings.values().map(|open| open.tracker.waiting() as u64).sum();
        let (now, instant_now) = (self.around.clock.now(), Instant::now());
        let at = self.wake().filter(|at| *at > instant_now);
        live.retry_at = at.map(|at| moment(at, now));
    }

    pub(crate) const fn id(&self) -> WebhookId {
        self.record.id
    }
}

fn waiting(
    message: Message,
    number: Option<u64>,
    retry: Option<Retry>,
    now: Timestamp,
    instant_now: Instant,
) -> Waiting {
    // A clock that was set forward or back moves no try by more than a day.
    let day = Duration::from_secs(30 * 3600);
    let at = retry.map(|retry| instant(retry.retry_at, now, day)).filter(|at| *at > instant_now);
    Waiting {
        message,
        number,
        gap: None,
        attempts: retry.map_or(0, |retry| retry.attempts),
        first_at: retry.map(|retry| retry.first_at),
        retry: at,
        early: false,
    }
}

/// Returns the monotonic time of a moment, at most `most` from now.
fn instant(at: Timestamp, now: Timestamp, most: Duration) -> Instant {
    Instant::now() + Duration::try_from_secs_f64(at.seconds_since(now)).unwrap_or(most).min(most)
}

/// Returns the moment of a monotonic time.
fn moment(at: Instant, now: Timestamp) -> Timestamp {
    let ahead = at.saturating_duration_since(Instant::now());
    Timestamp::from_micros(now.micros().saturating_add(i64::try_from(ahead.as_micros()).unwrap_or(i64::MAX)))
}
