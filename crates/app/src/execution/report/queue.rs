//! What is still to be told of a run.

use std::collections::VecDeque;

use groma_api::{ApiError, RunReport};
use groma_execution::{Ended, ExecutionEngine, ExecutionEvent};
use uuid::Uuid;

/// Events of one report.
const BATCH: usize = 500;
/// Executions that end in one report: each brings what it wrote.
const ENDS: usize = 8;
/// Events that wait before what is not needed is left out. Starts and ends are, and there are two of each execution.
const WAITING_MAX: usize = 5_000;
/// How far back a position is looked for that a newer one replaces.
const MERGE_BACK: usize = 64;

/// What is still to be told of a run.
#[derive(Debug)]
pub(super) struct Queue {
    plan: bool,
    pub(super) executions: Vec<Uuid>,
    events: VecDeque<ExecutionEvent>,
    /// Whether the end of all of it is among what was, or is to be, told.
    over: bool,
    pub(super) refused: Option<ApiError>,
}

impl Queue {
    pub(super) const fn new(plan: bool) -> Self {
        Self { plan, executions: Vec::new(), events: VecDeque::new(), over: false, refused: None }
    }

    pub(super) fn push(&mut self, event: ExecutionEvent) {
        if let Some(ended) = end(&event) {
            self.over |= ended.execution_id.is_none() || !self.plan;
        }
        if let ExecutionEvent::OutputAdvanced(new) = &event {
            let about = |known: &&mut ExecutionEvent| subject(known) == Some(new.execution_id);
            let back = if self.is_full() { usize::MAX } else { MERGE_BACK };
            let last = self.events.iter_mut().rev().take(back).find(about);
            if let Some(ExecutionEvent::OutputAdvanced(known)) = last {
                (known.last_line, known.bytes) = (new.last_line, new.bytes);
                return;
            }
        }
        if !(self.is_full() && matches!(event, ExecutionEvent::Progress(_))) {
            self.events.push_back(event);
        }
    }

    /// Takes what goes into one report.
    pub(super) fn take(&mut self) -> Vec<ExecutionEvent> {
        let mut ends = 0;
        let count = self.events.iter().take(BATCH).take_while(|event| {
            ends += usize::from(end(event).is_some());
            ends <= ENDS
        });
        let count = count.count();
        self.events.drain(..count).collect()
    }

    /// Puts back what did not arrive.
    pub(super) fn put_back(&mut self, events: Vec<ExecutionEvent>) {
        for event in events.into_iter().rev() {
            self.events.push_front(event);
        }
    }

    pub(super) fn has_news(&self) -> bool {
        !self.events.is_empty()
    }

    fn is_full(&self) -> bool {
        self.events.len() >= WAITING_MAX
    }

    /// Returns whether everything was told.
    pub(super) fn is_over(&self) -> bool {
        self.over && self.events.is_empty()
    }
}

/// Returns the execution or plan that an event is about.
pub(super) fn subject(event: &ExecutionEvent) -> Option<Uuid> {
    match event {
        ExecutionEvent::Started(started) => started.execution_id.or(started.plan_id),
        ExecutionEvent::Stdout(line) | ExecutionEvent::Stderr(line) => Some(line.execution_id),
        ExecutionEvent::OutputAdvanced(advanced) => Some(advanced.execution_id),
        ExecutionEvent::OutputGap(gap) => Some(gap.execution_id),
        ExecutionEvent::Progress(progress) => progress.execution_id.or(progress.plan_id),
        ExecutionEvent::Completed(ended)
        | ExecutionEvent::Failed(ended)
        | ExecutionEvent::Cancelled(ended) => ended.execution_id.or(ended.plan_id),
    }
}

fn end(event: &ExecutionEvent) -> Option<&Ended> {
    match event {
        ExecutionEvent::Completed(ended)
        | ExecutionEvent::Failed(ended)
        | ExecutionEvent::Cancelled(ended) => Some(ended),
        _ => None,
    }
}

/// Adds the results of what ended.
pub(super) async fn with_results(
    engine: &ExecutionEngine,
    run: Uuid,
    events: Vec<ExecutionEvent>,
) -> RunReport {
    let mut report = RunReport::default();
    for ended in events.iter().filter_map(end) {
        match ended.execution_id {
            Some(id) => {
                if let Ok(result) = engine.get_result(id).await {
                    report.results.push((*result).clone());
                }
            }
            None => {
                if let Ok(mut plan) = engine.get_plan(run).await {
                    for step in &mut plan.steps {
                        step.result = None;
                    }
                    report.plan = Some(plan);
                }
            }
        }
    }
    report.events = events;
    report
}

#[cfg(test)]
mod tests {
    use groma_execution::{ExecutionStatus, OutputAdvanced};

    use super::*;

    fn advanced(id: Uuid, last_line: u64) -> ExecutionEvent {
        ExecutionEvent::OutputAdvanced(OutputAdvanced {
            execution_id: id,
            first_line: last_line,
            last_line,
            bytes: 1,
        })
    }

    fn ended(id: Uuid) -> ExecutionEvent {
        let now = jiff::Timestamp::now();
        ExecutionEvent::Completed(Ended {
            execution_id: Some(id),
            plan_id: None,
            status: ExecutionStatus::Completed,
            exit_code: Some(0),
            signal: None,
            error: None,
            duration_ms: 0,
            started_at: now,
            completed_at: now,
            teardown: None,
        })
    }

    #[test]
    fn positions_are_merged_within_an_execution_and_never_past_its_end() {
        let (a, b) = (Uuid::now_v7(), Uuid::now_v7());
        let mut queue = Queue::new(true);
        for event in [advanced(a, 1), advanced(b, 1), advanced(a, 5), ended(a), advanced(b, 9)] {
            queue.push(event);
        }
        assert!(!queue.is_over());
        let first = queue.take();
        let ExecutionEvent::OutputAdvanced(position) = first[0] else { panic!("{first:?}") };
        assert_eq!((first.len(), position.first_line, position.last_line), (3, 1, 5));
        queue.put_back(first.clone());
        assert_eq!(queue.take(), first);
    }
}
