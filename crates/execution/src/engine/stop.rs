//! Telling an execution to stop, and why.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

/// Tells an execution or a plan to stop, once, with the reason. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    token: CancellationToken,
    /// Ends the grace.
    force: CancellationToken,
    reason: Arc<OnceLock<String>>,
    outer: Option<Arc<Stop>>,
}

impl Stop {
    /// Returns one that is stopped with this one, and by itself without it.
    pub(crate) fn child(&self) -> Self {
        let (token, force) = (self.token.child_token(), self.force.child_token());
        Self { token, force, reason: Arc::default(), outer: Some(Arc::new(self.clone())) }
    }

    /// Stops it. Returns whether it was not stopped before; the first reason holds.
    pub(crate) fn stop(&self, reason: impl Into<String>) -> bool {
        let first = !self.token.is_cancelled() && self.reason.set(reason.into()).is_ok();
        self.token.cancel();
        first
    }

    /// Returns once it is stopped.
    pub(crate) async fn stopped(&self) {
        self.token.cancelled().await;
    }

    /// Stops it, and ends the grace of what was stopped before.
    pub(crate) fn force(&self, reason: impl Into<String>) {
        self.stop(reason);
        self.force.cancel();
    }

    /// Returns once there is no grace any more.
    pub(crate) async fn forced(&self) {
        self.force.cancelled().await;
    }

    /// Returns whether it is stopped.
    pub(crate) fn is_stopped(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Returns why; empty as long as it is not stopped.
    pub(crate) fn reason(&self) -> String {
        if !self.is_stopped() {
            return String::new();
        }
        match (self.reason.get(), &self.outer) {
            (Some(reason), _) => reason.clone(),
            (None, Some(outer)) => outer.reason(),
            (None, None) => String::new(),
        }
    }

    /// Returns the token alone, for what needs no reason.
    pub(crate) const fn token(&self) -> &CancellationToken {
        &self.token
    }
}

impl crate::ExecutionEngine {
    /// Kills everything that runs, and everything that is being stopped, without waiting for its grace. Ends are told as
    /// ever; nothing more can be run.
    pub fn kill(&self) {
        self.engine().stop.force("it was killed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_holds_and_reaches_what_is_inside() {
        let plan = Stop::default();
        let (first, second) = (plan.child(), plan.child());
        assert!(second.stop("of its own"));
        assert!(!second.stop("again"));
        assert!(!plan.is_stopped() && !first.is_stopped());
        assert!(plan.stop("all of it"));
        assert!(first.is_stopped());
        assert_eq!((first.reason(), second.reason()), ("all of it".into(), "of its own".into()));
    }
}
