//! What is told of a run while it goes on, beside what its commands write.

use async_trait::async_trait;
use groma_app::execution::{EventHandler, Interest};
use groma_execution_types::ExecutionEvent;
use tokio_util::sync::CancellationToken;

use crate::output::{json_line, say};

/// Prints every event as a line of JSON.
#[derive(Debug)]
pub(crate) struct EventLines {
    reader_gone: CancellationToken,
}

impl EventLines {
    /// `reader_gone` is cancelled when nobody reads on.
    pub(crate) const fn new(reader_gone: CancellationToken) -> Self {
        Self { reader_gone }
    }
}

#[async_trait]
impl EventHandler for EventLines {
    async fn on_event(&self, event: ExecutionEvent) {
        if json_line(&event).is_err() {
            self.reader_gone.cancel();
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
                "warning: lines {} to {} are not kept: {}",
                gap.first_line, gap.last_line, gap.reason
            ));
        }
    }

    fn interest(&self) -> Interest {
        Interest::Positions
    }
}
