//! Who is told what happens.

use std::fmt;

use async_trait::async_trait;
use groma_execution_types::ExecutionEvent;

/// How a handler wants to hear of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interest {
    /// Line by line: `Stdout` and `Stderr`, read from the log at the handler's own pace.
    #[default]
    Lines,
    /// Only how far the log is: `OutputAdvanced`, merged while the handler is busy. The handler reads the log itself.
    Positions,
}

/// Who is told what happens (document 003).
///
/// Handlers are called one event at a time, in order, on a task of their own. One that is slow or panics delays nobody:
/// commands run on, the log is written, `wait` returns. What a handler panicked on is told once, in the log of the
/// program, and not told to it again.
#[async_trait]
pub trait EventHandler: Send + Sync + fmt::Debug {
    /// Takes an event.
    async fn on_event(&self, event: ExecutionEvent);

    /// Returns how it wants to hear of output.
    fn interest(&self) -> Interest {
        Interest::Lines
    }
}
