//! Tells handlers what happens, each at its own pace.
//!
//! A handler has a task of its own and one feed for each execution: what was not told yet. Lines are not in it; they are
//! read from the log when the handler has time. So a slow handler costs the memory of a few words for each execution,
//! and commands never wait for one.

mod feed;
mod queue;
mod teller;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use groma_execution_types::{ExecutionEvent, Progress, Started};
use tokio::sync::watch;
use uuid::Uuid;

use self::feed::InMemory;
use self::queue::Queue;
use self::teller::Teller;
use crate::output::{OutputOptions, Position};
use crate::{EventHandler, Interest, LogSink, MemoryLogs};

/// Bytes of an execution that are in memory for handlers, if no log is kept. One that is slower misses lines, and is
/// told which.
const MEMORY_BYTES_MAX: u64 = 1 << 20;

/// Tells handlers what happens. None of its calls waits for a handler. Cheap to clone; when the last clone is dropped,
/// what is left is still told, and then the tasks end.
#[derive(Clone)]
pub(crate) struct Delivery {
    handlers: Arc<Handlers>,
}

struct Handlers {
    all: Vec<(Arc<dyn EventHandler>, Arc<Queue>)>,
    sink: Option<Arc<dyn LogSink>>,
    /// Where lines are until they are told, if no log is kept.
    memory: Option<MemoryLogs>,
}

impl Handlers {
    /// Returns where lines are read from.
    fn lines(&self) -> Option<Arc<dyn LogSink>> {
        let memory = self.memory.clone().map(|memory| Arc::new(memory) as Arc<dyn LogSink>);
        self.sink.clone().or(memory)
    }
}

impl Drop for Handlers {
    fn drop(&mut self) {
        for (_, queue) in &self.all {
            queue.close();
        }
    }
}

impl Delivery {
    /// Returns delivery to these handlers, of lines from the logs in `sink`.
    pub(crate) fn new(handlers: Vec<Arc<dyn EventHandler>>, sink: Option<Arc<dyn LogSink>>) -> Self {
        let lines = handlers.iter().any(|handler| handler.interest() == Interest::Lines);
        let memory = (sink.is_none() && lines).then(MemoryLogs::new);
        let all = handlers.into_iter().map(|handler| (handler, Arc::new(Queue::new()))).collect();
        Self { handlers: Arc::new(Handlers { all, sink, memory }) }
    }

    /// Returns where output is to be written, so that it can be told. If no log is kept and somebody wants lines, that
    /// is in memory, of which `options` then take little, and until the end was told.
    pub(crate) fn log(&self, options: &mut OutputOptions) -> Option<Arc<dyn LogSink>> {
        let Some(memory) = &self.handlers.memory else { return self.handlers.sink.clone() };
        options.log_bytes_max = options.log_bytes_max.min(MEMORY_BYTES_MAX);
        Some(Arc::new(memory.clone()))
    }

    /// An execution or a plan began.
    pub(crate) fn started(&self, started: Started) {
        let Some(id) = started.execution_id.or(started.plan_id) else { return };
        let memory = self.handlers.memory.as_ref().filter(|_| started.execution_id.is_some());
        let memory = memory.map(|memory| Arc::new(InMemory { logs: memory.clone(), id }));
        for queue in self.queues() {
            queue.change(id, |feed| {
                feed.memory.clone_from(&memory);
                feed.plan = started.plan_id.filter(|plan| *plan != id);
                feed.started = Some(started.clone());
            });
        }
    }

    /// Tells the lines and the progress of an execution from now on; after `started`, before `ended`.
    pub(crate) fn follow(&self, id: Uuid, mut position: watch::Receiver<Position>) {
        if self.handlers.all.is_empty() {
            return;
        }
        for queue in self.queues() {
            queue.change_known(id, |feed| feed.position = Some(position.clone()));
        }
        let queues: Vec<Arc<Queue>> = self.queues().map(Arc::clone).collect();
        tokio::spawn(async move {
            // Until the output is dropped: by then its end has been told.
            while position.changed().await.is_ok() {
                position.mark_unchanged();
                for queue in &queues {
                    queue.advanced(id);
                }
            }
        });
    }

    /// A plan is this far.
    pub(crate) fn progress(&self, progress: Progress) {
        let Some(id) = progress.execution_id.or(progress.plan_id) else { return };
        for queue in self.queues() {
            queue.change_known(id, |feed| feed.progress = Some(progress.clone()));
        }
    }

    /// An execution or a plan ended: told after all its lines, of a plan after all its steps. Nothing follows it.
    pub(crate) fn ended(&self, event: ExecutionEvent) {
        let (ExecutionEvent::Completed(ended)
        | ExecutionEvent::Failed(ended)
        | ExecutionEvent::Cancelled(ended)) = &event
        else {
            return;
        };
        let Some(id) = ended.execution_id.or(ended.plan_id) else { return };
        for queue in self.queues() {
            queue.change(id, |feed| {
                feed.plan = feed.plan.or(ended.plan_id.filter(|plan| *plan != id));
                feed.ended = Some(event.clone());
            });
        }
    }

    /// Returns once everything was told that happened before.
    pub(crate) async fn settled(&self) {
        for queue in self.queues() {
            queue.settled().await;
        }
    }

    /// Returns the queues of all handlers, whose tasks run by then.
    fn queues(&self) -> impl Iterator<Item = &Arc<Queue>> {
        self.handlers.all.iter().map(|(handler, queue)| {
            if queue.begin() {
                let teller = Teller::new(Arc::clone(handler), self.handlers.lines(), Arc::clone(queue));
                tokio::spawn(teller.run());
            }
            queue
        })
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("handlers", &self.handlers.all.len()).finish_non_exhaustive()
    }
}
