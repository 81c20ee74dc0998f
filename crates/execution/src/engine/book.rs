//! What an engine knows of its executions.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use groma_execution_types::{ExecutionResult, ExecutionStatus};
use jiff::Timestamp;
use parking_lot::Mutex;
use tokio::sync::watch;
use uuid::Uuid;

use super::stop::Stop;
use crate::output::Position;

/// Every execution that has not ended, and the latest that have.
#[derive(Debug)]
pub(crate) struct Book {
    pages: Mutex<Pages>,
    ended_max: usize,
}

#[derive(Debug, Default)]
struct Pages {
    entries: HashMap<Uuid, Entry>,
    /// Those that ended, the oldest first.
    ended: VecDeque<Uuid>,
}

#[derive(Debug)]
struct Entry {
    stop: Stop,
    result: watch::Sender<Arc<ExecutionResult>>,
    position: Option<watch::Receiver<Position>>,
}

impl Book {
    /// Returns an empty one that keeps this many that have ended.
    pub(crate) fn new(ended_max: usize) -> Self {
        Self { pages: Mutex::default(), ended_max }
    }

    /// Enters one that waits. Returns whether there was none of that id.
    pub(crate) fn enter(&self, id: Uuid, stop: Stop) -> bool {
        let mut pages = self.pages.lock();
        if pages.entries.contains_key(&id) {
            return false;
        }
        let result = watch::Sender::new(Arc::new(pending(id)));
        pages.entries.insert(id, Entry { stop, result, position: None });
        true
    }

    /// Notes that it runs since then, and where its output is.
    pub(crate) fn runs(&self, id: Uuid, since: Timestamp, position: watch::Receiver<Position>) {
        if let Some(entry) = self.pages.lock().entries.get_mut(&id) {
            entry.position = Some(position);
            entry.result.send_modify(|result| {
                let result = Arc::make_mut(result);
                result.status = ExecutionStatus::Running;
                result.started_at = Some(since);
            });
        }
    }

    /// Notes which attempt it is at.
    pub(crate) fn attempts(&self, id: Uuid, attempts: u32) {
        if let Some(entry) = self.pages.lock().entries.get_mut(&id) {
            entry.result.send_modify(|result| Arc::make_mut(result).attempts = attempts);
        }
    }

    /// Notes how it ended, wakes who waits for that, and forgets the oldest.
    pub(crate) fn end(&self, result: Arc<ExecutionResult>) {
        let mut pages = self.pages.lock();
        let Some(entry) = pages.entries.get_mut(&result.id) else { return };
        let id = result.id;
        entry.position = None;
        entry.result.send_replace(result);
        pages.ended.push_back(id);
        while pages.ended.len() > self.ended_max {
            if let Some(oldest) = pages.ended.pop_front() {
                pages.entries.remove(&oldest);
            }
        }
    }

    /// Returns what there is of one by now.
    pub(crate) fn result(&self, id: Uuid) -> Option<Arc<ExecutionResult>> {
        self.pages.lock().entries.get(&id).map(Entry::now)
    }

    /// Returns all of them, the latest first.
    pub(crate) fn all(&self) -> Vec<Arc<ExecutionResult>> {
        let mut all: Vec<_> = self.pages.lock().entries.values().map(Entry::now).collect();
        all.sort_by_key(|result| std::cmp::Reverse((result.started_at, result.id)));
        all
    }

    /// Returns whether it is here and has not ended.
    pub(crate) fn is_active(&self, id: Uuid) -> bool {
        let pages = self.pages.lock();
        pages.entries.get(&id).is_some_and(|entry| !entry.result.borrow().status.is_terminal())
    }

    /// Stops one. `None`: there is none; else whether that was news to it.
    pub(crate) fn stop(&self, id: Uuid, reason: &str) -> Option<bool> {
        let stop = self.pages.lock().entries.get(&id).map(|entry| entry.stop.clone());
        stop.map(|stop| stop.stop(reason))
    }

    /// Returns where one's end will be seen.
    pub(crate) fn watch(&self, id: Uuid) -> Option<watch::Receiver<Arc<ExecutionResult>>> {
        self.pages.lock().entries.get(&id).map(|entry| entry.result.subscribe())
    }
}

impl Entry {
    fn now(&self) -> Arc<ExecutionResult> {
        let result = Arc::clone(&self.result.borrow());
        let Some(position) = self.position.as_ref().filter(|_| !result.status.is_terminal()) else {
            return result;
        };
        let mut result = (*result).clone();
        let position = position.borrow();
        (result.lines, result.bytes) = (position.lines, position.bytes);
        result.truncated = position.bytes > 0;
        let passed = result.started_at.map(|since| Timestamp::now().duration_since(since));
        result.duration = passed.and_then(|passed| passed.try_into().ok()).unwrap_or_default();
        Arc::new(result)
    }
}

/// Returns the result of what has not begun.
pub(crate) fn pending(id: Uuid) -> ExecutionResult {
    ExecutionResult {
        id,
        status: ExecutionStatus::Pending,
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
        error: None,
        attempts: 0,
        lines: 0,
        bytes: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_that_ended_is_forgotten_and_nothing_that_runs() {
        let book = Book::new(2);
        let ids: Vec<Uuid> = (0..4).map(|_| Uuid::now_v7()).collect();
        for id in &ids {
            assert!(book.enter(*id, Stop::default()));
            assert!(!book.enter(*id, Stop::default()));
        }
        for id in ids.iter().skip(1) {
            book.end(Arc::new(ExecutionResult { status: ExecutionStatus::Completed, ..pending(*id) }));
        }
        let there: Vec<bool> = ids.iter().map(|id| book.result(*id).is_some()).collect();
        assert_eq!(there, [true, false, true, true]);
        assert!(book.is_active(ids[0]) && !book.is_active(ids[3]));
        assert_eq!(book.stop(ids[1], "why"), None);
        assert_eq!(book.stop(ids[0], "why"), Some(true));
        assert_eq!(book.stop(ids[0], "why"), Some(false));
    }
}
