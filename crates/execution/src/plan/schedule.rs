//! Which step is next. Pure: it is told what ended, and says what may begin.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use groma_execution_types::{OnError, Strategy};

use super::graph::Graph;

/// Which step is next.
#[derive(Debug)]
pub(super) struct Schedule {
    after: Vec<Vec<usize>>,
    /// How many steps each still waits for.
    waits: Vec<usize>,
    begun: Vec<bool>,
    /// Those that may begin; the first in the plan begins first.
    ready: BinaryHeap<Reverse<usize>>,
    running: usize,
    at_once: usize,
    stops_on_error: bool,
}

impl Schedule {
    pub(super) fn new(strategy: &Strategy, graph: &Graph) -> Self {
        let (at_once, stops_on_error) = match strategy {
            Strategy::Serial { on_error } => (1, *on_error == OnError::Stop),
            Strategy::Parallel { max_concurrency } | Strategy::DependencyGraph { max_concurrency } => {
                (usize::try_from(*max_concurrency).unwrap_or(usize::MAX), false)
            }
        };
        let waits: Vec<usize> = graph.before.iter().map(Vec::len).collect();
        let ready = (0..waits.len()).filter(|at| waits[*at] == 0).map(Reverse).collect();
        let begun = vec![false; waits.len()];
        Self { after: graph.after.clone(), waits, begun, ready, running: 0, at_once, stops_on_error }
    }

    /// Returns a step that begins now; `None` if none may at the moment.
    pub(super) fn next(&mut self) -> Option<usize> {
        if self.running >= self.at_once {
            return None;
        }
        while let Some(Reverse(at)) = self.ready.pop() {
            if !self.begun[at] {
                self.begun[at] = true;
                self.running += 1;
                return Some(at);
            }
        }
        None
    }

    /// Takes note of how a step that began has ended. Returns those that now never begin.
    pub(super) fn end(&mut self, at: usize, completed: bool) -> Vec<usize> {
        self.running -= 1;
        if !completed {
            return if self.stops_on_error { self.stop() } else { self.skip_after(at) };
        }
        for &later in &self.after[at] {
            self.waits[later] -= 1;
            if self.waits[later] == 0 {
                self.ready.push(Reverse(later));
            }
        }
        Vec::new()
    }

    /// Lets nothing more begin. Returns those that did not.
    pub(super) fn stop(&mut self) -> Vec<usize> {
        self.ready.clear();
        let left: Vec<usize> = (0..self.begun.len()).filter(|at| !self.begun[*at]).collect();
        self.begun.fill(true);
        left
    }

    /// Everything that depends on a step, and on that, and so on.
    fn skip_after(&mut self, at: usize) -> Vec<usize> {
        let mut skipped = Vec::new();
        let mut next = vec![at];
        while let Some(at) = next.pop() {
            for &later in &self.after[at] {
                if !self.begun[later] {
                    self.begun[later] = true;
                    skipped.push(later);
                    next.push(later);
                }
            }
        }
        skipped.sort_unstable();
        skipped
    }
}
