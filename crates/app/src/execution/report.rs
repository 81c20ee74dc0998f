//! Tells whoever keeps the records what an engine does: in order, together where much happens, again where it failed.

mod queue;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use groma_api::{ApiError, RunGrant, RunReport, RunRequest, RunStanding};
use groma_execution::{EventHandler, ExecutionEngine, ExecutionEvent, Interest};
use groma_model::ExecutionId;
use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::queue::{Queue, subject};

/// How often a run is heard of at least while it lasts.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// How long to wait after a report that did not arrive.
const PAUSE: Duration = Duration::from_millis(300);
/// Runs that are reported at once.
const AT_ONCE: usize = 32;

/// Who keeps the records of runs: the holder of the data folder.
#[async_trait]
pub trait ReportTo: Send + Sync + fmt::Debug {
    /// Notes what is about to run and says where its log goes.
    async fn begin(&self, request: RunRequest) -> Result<RunGrant, ApiError>;

    /// Notes what happened in a run. Telling the same again changes nothing.
    async fn report(&self, run: ExecutionId, report: RunReport) -> Result<RunStanding, ApiError>;
}

/// Hears what an engine does and reports it.
pub(crate) struct Reporter {
    to: Arc<dyn ReportTo>,
    runs: Mutex<HashMap<Uuid, Queue>>,
    /// Of which run each execution is.
    run_of: Mutex<HashMap<Uuid, Uuid>>,
    engine: Mutex<Weak<ExecutionEngine>>,
    /// Whether to report of runs of which there is no news, too.
    heartbeat: bool,
    wake: Notify,
    /// Counts what was sent, so that whoever waits looks again.
    sent: watch::Sender<u64>,
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporter").field("to", &self.to).finish_non_exhaustive()
    }
}

impl Reporter {
    pub(crate) fn new(to: Arc<dyn ReportTo>, heartbeat: bool) -> Self {
        Self {
            to,
            heartbeat,
            runs: Mutex::default(),
            run_of: Mutex::default(),
            engine: Mutex::default(),
            wake: Notify::new(),
            sent: watch::Sender::new(0),
        }
    }

    /// Notes whose results it reports.
    pub(crate) fn reports_for(&self, engine: &Arc<ExecutionEngine>) {
        *self.engine.lock() = Arc::downgrade(engine);
    }

    /// Reports a run from now on.
    pub(crate) fn add(&self, run: Uuid, plan: bool, executions: impl Iterator<Item = Uuid>) {
        let mut queue = Queue::new(plan);
        let mut run_of = self.run_of.lock();
        for id in executions.chain(std::iter::once(run)) {
            run_of.insert(id, run);
            queue.executions.push(id);
        }
        drop(run_of);
        self.runs.lock().insert(run, queue);
    }

    /// Returns whether the run is being reported.
    pub(crate) fn has(&self, run: Uuid) -> bool {
        self.runs.lock().contains_key(&run)
    }

    /// Returns how many runs are being reported.
    pub(crate) fn count(&self) -> usize {
        self.runs.lock().len()
    }

    /// Reports no more of a run.
    pub(crate) fn abandon(&self, run: Uuid) {
        if let Some(queue) = self.runs.lock().remove(&run) {
            let mut run_of = self.run_of.lock();
            for id in queue.executions {
                run_of.remove(&id);
            }
        }
        self.sent.send_modify(|sent| *sent += 1);
    }

    /// Takes an event.
    pub(crate) fn take(&self, event: ExecutionEvent) {
        let run = subject(&event).and_then(|id| self.run_of.lock().get(&id).copied());
        let Some(run) = run else { return };
        if let Some(queue) = self.runs.lock().get_mut(&run) {
            queue.push(event);
        }
        self.wake.notify_one();
    }

    /// Returns once the end of a run was reported; the reason if it was refused for good.
    pub(crate) async fn reported(&self, run: Uuid) -> Result<(), ApiError> {
        let mut sent = self.sent.subscribe();
        loop {
            sent.borrow_and_update();
            match self.runs.lock().get(&run) {
                None => return Ok(()),
                Some(queue) => {
                    if let Some(refused) = &queue.refused {
                        return Err(refused.clone());
                    }
                }
            }
            // The sender is part of this.
            let _ = sent.changed().await;
        }
    }

    /// Returns once nothing waits to be reported.
    pub(crate) async fn settled(&self) {
        let mut sent = self.sent.subscribe();
        loop {
            sent.borrow_and_update();
            let waits = self.runs.lock().values().any(|queue| queue.refused.is_none() && queue.has_news());
            if !waits {
                return;
            }
            let _ = sent.changed().await;
        }
    }

    /// Reports until `stop` is cancelled.
    pub(crate) async fn work(self: Arc<Self>, stop: CancellationToken) {
        let mut tick = tokio::time::interval(HEARTBEAT);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let work = async {
            loop {
                let all = tokio::select! {
                    () = self.wake.notified() => false,
                    _ = tick.tick(), if self.heartbeat => true,
                };
                self.send_due(all).await;
            }
        };
        stop.run_until_cancelled(work).await;
    }

    /// Reports of every run that has news, or of all.
    async fn send_due(&self, all: bool) {
        let due: Vec<Uuid> = {
            let runs = self.runs.lock();
            let due = runs.iter().filter(|(_, queue)| queue.refused.is_none() && (all || queue.has_news()));
            due.map(|(run, _)| *run).collect()
        };
        futures::stream::iter(due).for_each_concurrent(AT_ONCE, |run| self.send(run)).await;
    }

    async fn send(&self, run: Uuid) {
        let Some(events) = self.runs.lock().get_mut(&run).map(Queue::take) else { return };
        let engine = self.engine.lock().upgrade();
        let report = match &engine {
            Some(engine) => queue::with_results(engine, run, events.clone()).await,
            None => RunReport { events: events.clone(), ..RunReport::default() },
        };
        let told = self.to.report(ExecutionId::from_uuid(run), report).await;
        let over = {
            let mut runs = self.runs.lock();
            let Some(queue) = runs.get_mut(&run) else { return };
            match &told {
                Ok(_) => queue.is_over(),
                Err(error) if error.code.retryable() => {
                    queue.put_back(events);
                    false
                }
                Err(error) => {
                    tracing::error!(%run, code = %error.code, "a run can no longer be reported");
                    queue.refused = Some(error.clone());
                    false
                }
            }
        };
        match told {
            Ok(standing) => {
                for wish in standing.cancel {
                    if let Some(engine) = &engine
                        && let Err(error) = engine.cancel_because(wish.id, &wish.reason).await
                    {
                        tracing::warn!(id = %wish.id, %error, "what is to be stopped is not there");
                    }
                }
            }
            Err(error) if error.code.retryable() => {
                tracing::debug!(%run, code = %error.code, "a report did not arrive; it is sent again");
                tokio::time::sleep(PAUSE).await;
                self.wake.notify_one();
            }
            Err(_) => {}
        }
        if over {
            self.abandon(run);
        } else {
            self.sent.send_modify(|sent| *sent += 1);
        }
        if self.runs.lock().get(&run).is_some_and(Queue::has_news) {
            self.wake.notify_one();
        }
    }
}

#[async_trait]
impl EventHandler for Reporter {
    async fn on_event(&self, event: ExecutionEvent) {
        // Nobody is made to wait: what may wait in masses is merged or left out.
        self.take(event);
    }

    fn interest(&self) -> Interest {
        Interest::Positions
    }
}
