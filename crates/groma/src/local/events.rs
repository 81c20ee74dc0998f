//! What is told of a run while it goes on, beside what its commands write.

use async_trait::async_trait;
use groma_app::execution::{EventHandler, Interest};
use groma_execution_types::ExecutionEvent;

use super::loss::Loss;
use crate::output::{json_line, say};

/// Prints every event as a line of JSON.
#[derive(Debug)]
pub(crate) struct EventLines {
    loss: Loss,
}

impl EventLines {
    /// `loss` is told when stdout takes no more.
    pub(crate) const fn new(loss: Loss) -> Self {
        Self { loss }
    }
}

#[async_trait]
impl EventHandler for EventLines {
    async fn on_event(&self, event: ExecutionEvent) {
        if let Err(failure) = json_line(&event) {
            self.loss.note(failure);
        }
    }
}

/// Says when a part of the output could not be kept.
#[derive(Debug)]
pub(crate) struct Gaps;

#[async_trait]
impl EventHandler for Gaps {
    async fn on_event(&self, event: ExecutionEvent) {
        if let ExecutionEvent::OutputGap(gap) = event {
            say(format!(
                "groma: warning: lines {} to {} are not kept: {}",
                gap.first_line, gap.last_line, gap.reason
            ));
        }
    }

    fn interest(&self) -> Interest {
        Interest::Positions
    }
}
