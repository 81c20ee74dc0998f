//! Which tasks run in this process, which wait, and how they are stopped.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use groma_api::{ApiError, ScanRequest};
use groma_inventory::Interrupted;
use groma_model::{PrincipalId, TaskId};
use groma_network::NetworkScan;
use groma_task::{Beginning, Job, Outcome, Stop, StopCause, TaskContext};
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::{App, error};

/// A task on its way into work.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) id: TaskId,
    pub(crate) request: ScanRequest,
    pub(crate) principal: PrincipalId,
    pub(crate) beginning: Beginning,
}

impl From<Interrupted> for Launch {
    fn from(task: Interrupted) -> Self {
        let beginning =
            if task.begun { Beginning::Resumed } else { Beginning::New { resumes: task.resumes } };
        Self { id: task.id, request: task.request, principal: task.principal, beginning }
    }
}

#[derive(Debug, Default)]
struct State {
    running: HashMap<TaskId, Stop>,
    waiting: VecDeque<Launch>,
    suspended: bool,
}

/// The tasks of this process.
#[derive(Debug)]
pub(crate) struct Tasks {
    state: Mutex<State>,
    running_max: usize,
    /// Counts ends, so that whoever waits for one looks again.
    ends: watch::Sender<u64>,
    tracker: TaskTracker,
    /// Starting looks for an identical scan first: one at a time.
    pub(crate) starting: tokio::sync::Mutex<()>,
}

impl Tasks {
    pub(crate) fn new(running_max: usize) -> Self {
        Self {
            state: Mutex::default(),
            running_max: running_max.max(1),
            ends: watch::Sender::new(0),
            tracker: TaskTracker::new(),
            starting: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn ends(&self) -> watch::Receiver<u64> {
        self.ends.subscribe()
    }

    /// Returns how many run and how many wait.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.running.len(), state.waiting.len())
    }

    /// Returns why a queued task waits.
    pub(crate) fn pending_reason(&self, id: TaskId) -> String {
        let state = self.state.lock();
        match state.waiting.iter().position(|launch| launch.id == id) {
            Some(ahead) => {
                format!(
                    "{} scans are running, which is the limit; {ahead} are ahead of this one",
                    state.running.len()
                )
            }
            None => "it waits for a server or a long command on this data folder to take it up".to_owned(),
        }
    }

    /// Stops everything, to go on in the next process, and waits until it has stopped.
    pub(crate) async fn suspend(&self) {
        let stops: Vec<Stop> = {
            let mut state = self.state.lock();
            state.suspended = true;
            state.waiting.clear();
            state.running.values().cloned().collect()
        };
        for stop in stops {
            stop.ask(StopCause::Suspend);
        }
        self.tracker.close();
        self.tracker.wait().await;
    }
}

impl App {
    /// Takes up what an earlier process left.
    pub(crate) async fn take_up(self: &Arc<Self>) -> Result<(), ApiError> {
        for task in self.inventory.interrupted().await.map_err(error::inventory)? {
            self.enqueue(task.into());
        }
        self.take_up_keys();
        Ok(())
    }

    /// Runs a task now, or as soon as there is room.
    pub(crate) fn enqueue(self: &Arc<Self>, launch: Launch) {
        let mut state = self.tasks.state.lock();
        let known = state.running.contains_key(&launch.id)
            || state.waiting.iter().any(|waiting| waiting.id == launch.id);
        if state.suspended || known {
            return;
        }
        if state.running.len() < self.tasks.running_max {
            self.spawn(&mut state, launch, Stop::new());
        } else {
            state.waiting.push_back(launch);
        }
    }

    /// Asks a queued or running task to stop and waits until it has ended.
    pub(crate) async fn stop_task(self: &Arc<Self>, id: TaskId, reason: String) -> Result<(), ApiError> {
        let mut ends = self.tasks.ends();
        let asked = StopCause::Cancel { reason };
        let running = self.tasks.state.lock().running.get(&id).cloned();
        if let Some(stop) = running {
            stop.ask(asked);
        } else {
            // It waits here, or was left by an earlier process: it is run only to be ended in order.
            let left = self.inventory.interrupted().await.map_err(error::inventory)?;
            if let Some(task) = left.into_iter().find(|task| task.id == id) {
                let mut state = self.tasks.state.lock();
                state.waiting.retain(|waiting| waiting.id != id);
                if let Some(stop) = state.running.get(&id) {
                    // Its turn came meanwhile.
                    stop.ask(asked);
                } else if !state.suspended {
                    let stop = Stop::new();
                    stop.ask(asked);
                    self.spawn(&mut state, task.into(), stop);
                }
            }
        }
        loop {
            ends.borrow_and_update();
            if !self.tasks.state.lock().running.contains_key(&id) {
                return Ok(());
            }
            // The sender lives as long as the application.
            let _ = tokio::time::timeout(Duration::from_secs(1), ends.changed()).await;
        }
    }

    fn spawn(self: &Arc<Self>, state: &mut State, launch: Launch, stop: Stop) {
        state.running.insert(launch.id, stop.clone());
        let app = Arc::clone(self);
        self.tasks.tracker.spawn(async move {
            let id = launch.id;
            let outcome = app.run(launch, stop).await;
            match outcome {
                // The reason of an end is the user's own words, which no log is to hold.
                Outcome::Ended(_) => tracing::info!(scan_id = %id, "scan ended"),
                Outcome::Suspended => {
                    tracing::info!(scan_id = %id, "scan checkpointed; the next process goes on with it");
                }
                Outcome::Stranded(error) => {
                    tracing::error!(scan_id = %id, %error, "scan stopped, because storage refused");
                }
            }
            app.leave(id);
        });
    }

    async fn run(&self, launch: Launch, stop: Stop) -> Outcome {
        let cx = TaskContext {
            id: launch.id,
            principal: launch.principal,
            cancel: stop.token(),
            events: Arc::new(self.inventory.clone()),
            inventory: Arc::new(self.inventory.clone()),
            known: Arc::new(self.inventory.clone()),
            units: Arc::new(self.inventory.clone()),
            clock: Arc::clone(&self.clock),
        };
        match self.job(&launch.request) {
            Ok(job) => groma_task::run(job, cx, stop, launch.beginning).await,
            // It was checked when it was asked; only another version can find fault with it now.
            Err(error) => Outcome::Stranded(groma_model::task::StoreError::Failed(error.to_string())),
        }
    }

    /// Makes the job that a request asks for.
    pub(crate) fn job(&self, request: &ScanRequest) -> Result<Arc<dyn Job>, ApiError> {
        match request {
            ScanRequest::Network(request) => Ok(Arc::new(NetworkScan::new(request.clone(), self.limits)?)),
        }
    }

    fn leave(self: &Arc<Self>, id: TaskId) {
        let mut state = self.tasks.state.lock();
        state.running.remove(&id);
        while !state.suspended && state.running.len() < self.tasks.running_max {
            let Some(next) = state.waiting.pop_front() else { break };
            self.spawn(&mut state, next, Stop::new());
        }
        drop(state);
        self.tasks.ends.send_modify(|ends| *ends += 1);
    }
}
