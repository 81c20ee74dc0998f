//! A plan told line by line, where nobody watches a terminal.

use std::io::{self, IsTerminal as _, Write as _};

use async_trait::async_trait;
use groma_app::execution::EventHandler;
use groma_execution_types::{ExecutionEvent, Line, Stream};
use parking_lot::Mutex;

use super::steps::{Steps, how};
use crate::commands::executions::tame;
use crate::local::Loss;
use crate::output::say;

/// Writes what steps write, behind the step's name: stdout to stdout, stderr to stderr, where beginnings and ends are
/// told too.
#[derive(Debug)]
pub(super) struct Lines {
    steps: Mutex<Steps>,
    loss: Loss,
}

impl Lines {
    pub(super) fn new(loss: Loss) -> Self {
        Self { steps: Mutex::default(), loss }
    }

    fn line(&self, line: &Line) {
        let steps = self.steps.lock();
        let step = steps.name(line.execution_id).unwrap_or("?");
        let text = |terminal| if terminal { tame(&line.line) } else { line.line.clone() };
        match line.stream {
            Stream::Stdout => {
                let mut stdout = io::stdout().lock();
                let written = writeln!(stdout, "[{step}] {}", text(stdout.is_terminal()));
                self.loss.look(&written);
            }
            // A program goes on without a reader of its errors.
            Stream::Stderr => {
                let mut stderr = io::stderr().lock();
                let _ = writeln!(stderr, "[{step}] {}", text(stderr.is_terminal()));
            }
        }
    }
}

#[async_trait]
impl EventHandler for Lines {
    async fn on_event(&self, event: ExecutionEvent) {
        match event {
            ExecutionEvent::Started(started) => {
                if let Some((_, step)) = self.steps.lock().started(&started) {
                    say(format!("[{step}] started: {}", started.command));
                }
            }
            ExecutionEvent::Stdout(line) | ExecutionEvent::Stderr(line) => self.line(&line),
            ExecutionEvent::Completed(ended)
            | ExecutionEvent::Failed(ended)
            | ExecutionEvent::Cancelled(ended) => {
                if let Some(step) = self.steps.lock().ended(&ended) {
                    say(format!("[{step}] {}", how(&ended)));
                }
            }
            ExecutionEvent::OutputAdvanced(_)
            | ExecutionEvent::OutputGap(_)
            | ExecutionEvent::Progress(_) => {}
        }
    }
}
