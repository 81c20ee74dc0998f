//! What a handler was not told yet.

use std::collections::{HashMap, VecDeque};

use groma_execution_types::{ExecutionEvent, Progress, Started};
use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::feed::{Feed, Told};
use crate::output::Position;

/// What a handler was not told yet. Executions take turns, in the order in which something happened to them.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    news: Notify,
    /// Whether everything was told.
    settled: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    feeds: HashMap<Uuid, Feed>,
    /// Feeds with something to tell, each once.
    turns: VecDeque<Uuid>,
    /// Steps of a plan whose end was not told.
    steps: HashMap<Uuid, usize>,
    began: bool,
    closed: bool,
}

/// What is told of one execution or plan before it is another's turn.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) id: Uuid,
    pub(super) started: Option<Started>,
    pub(super) position: Option<Position>,
    pub(super) progress: Option<Progress>,
    pub(super) ended: Option<ExecutionEvent>,
    pub(super) told: Told,
}

impl Queue {
    pub(super) fn new() -> Self {
        Self { state: Mutex::default(), news: Notify::new(), settled: watch::Sender::new(true) }
    }

    /// Returns whether its task is still to be started; true once.
    pub(super) fn begin(&self) -> bool {
        !std::mem::replace(&mut self.state.lock().began, true)
    }

    /// Notes what happened to an execution or plan.
    pub(super) fn change(&self, id: Uuid, change: impl FnOnce(&mut Feed)) {
        let mut state = self.state.lock();
        let state = &mut *state;
        let feed = state.feeds.entry(id).or_default();
        let before = feed.plan;
        change(feed);
        if let (None, Some(plan)) = (before, feed.plan) {
            *state.steps.entry(plan).or_default() += 1;
        }
        self.turn(state, id);
    }

    /// Notes what happened to an execution or plan, unless its end was told already.
    pub(super) fn change_known(&self, id: Uuid, change: impl FnOnce(&mut Feed)) {
        let mut state = self.state.lock();
        if let Some(feed) = state.feeds.get_mut(&id) {
            change(feed);
            self.turn(&mut state, id);
        }
    }

    /// Notes that the log of an execution has grown, unless its end was told already.
    pub(super) fn advanced(&self, id: Uuid) {
        self.turn(&mut self.state.lock(), id);
    }

    /// Returns what is next to be told; waits for something. `None` once nothing will follow.
    pub(super) async fn next(&self) -> Option<Turn> {
        loop {
            {
                let mut state = self.state.lock();
                if let Some(turn) = state.next() {
                    return Some(turn);
                }
                self.settled.send_replace(true);
                if state.closed {
                    return None;
                }
            }
            self.news.notified().await;
        }
    }

    /// Takes back what was told, and what was not: `more` lines, or the end.
    pub(super) fn told(&self, turn: Turn, more: bool) {
        let mut state = self.state.lock();
        let state = &mut *state;
        let Some(feed) = state.feeds.get_mut(&turn.id) else { return };
        feed.told = turn.told;
        if more {
            // The end may have come while lines were told.
            feed.ended = turn.ended.or_else(|| feed.ended.take());
            self.turn(state, turn.id);
        } else if turn.ended.is_some() {
            let plan = state.feeds.remove(&turn.id).and_then(|feed| feed.plan);
            if let Some(plan) = plan.filter(|plan| state.step_ended(*plan)) {
                self.turn(state, plan);
            }
        }
    }

    /// Tells the task to end once everything is told.
    pub(super) fn close(&self) {
        self.state.lock().closed = true;
        self.news.notify_one();
    }

    /// Returns when everything is told.
    pub(super) async fn settled(&self) {
        // The sender is part of this queue and cannot go.
        let _ = self.settled.subscribe().wait_for(|settled| *settled).await;
    }

    fn turn(&self, state: &mut State, id: Uuid) {
        if let Some(feed) = state.feeds.get_mut(&id)
            && !std::mem::replace(&mut feed.queued, true)
        {
            state.turns.push_back(id);
            self.settled.send_replace(false);
            self.news.notify_one();
        }
    }
}

impl State {
    fn next(&mut self) -> Option<Turn> {
        let id = self.turns.pop_front()?;
        let steps = self.steps.contains_key(&id);
        let feed = self.feeds.get_mut(&id)?;
        feed.queued = false;
        Some(Turn {
            id,
            started: feed.started.take(),
            position: feed.position.as_ref().map(|position| position.borrow().clone()),
            progress: feed.progress.take(),
            // The end of a plan follows those of its steps.
            ended: if steps { None } else { feed.ended.take() },
            told: std::mem::take(&mut feed.told),
        })
    }

    /// Counts a step of a plan whose end was told; returns whether it was the last there is.
    fn step_ended(&mut self, plan: Uuid) -> bool {
        let Some(steps) = self.steps.get_mut(&plan) else { return false };
        *steps -= 1;
        let last = *steps == 0;
        if last {
            self.steps.remove(&plan);
        }
        last
    }
}
