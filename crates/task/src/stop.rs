//! Why a task should stop, told once.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

/// Why a task should stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopCause {
    /// Somebody cancelled it: it ends.
    Cancel {
        /// Why, as given.
        reason: String,
    },
    /// The process stops: the task goes on in the next one.
    Suspend,
}

/// The switch that stops one task; cloning shares it. The first cause stands.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    token: CancellationToken,
    cause: Arc<OnceLock<StopCause>>,
}

impl Stop {
    /// Makes a switch that has not been thrown.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the task to stop; returns whether this was the first to ask.
    pub fn ask(&self, cause: StopCause) -> bool {
        let first = self.cause.set(cause).is_ok();
        self.token.cancel();
        first
    }

    /// Returns why the task should stop, if it should.
    #[must_use]
    pub fn cause(&self) -> Option<&StopCause> {
        self.cause.get()
    }

    /// Returns the token that fires when the task should stop.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.token.clone()
    }
}
