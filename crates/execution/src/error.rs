//! Why something is not run.

use std::path::PathBuf;

use uuid::Uuid;

use crate::SecretError;

/// What is wrong with a request or a plan: nothing was started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {detail}")]
pub struct ValidationError {
    /// The field, such as `command.program` or `steps[2].depends_on`.
    pub field: String,
    /// What is wrong with it and what to do.
    pub detail: String,
}

impl ValidationError {
    pub(crate) fn new(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { field: field.into(), detail: detail.into() }
    }

    /// Returns the same fault seen from outside, such as from the plan that has the request.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.field = format!("{outer}.{}", self.field);
        self
    }
}

/// Why an engine refuses.
#[derive(Debug, thiserror::Error)]
pub enum ExecutionError {
    /// The request or plan is wrong.
    #[error(transparent)]
    Invalid(#[from] ValidationError),
    /// A secret cannot be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// There is no such execution or plan.
    #[error("there is no execution or plan {0}")]
    NotFound(Uuid),
    /// There is one of that id already.
    #[error("there is an execution or plan {0} already")]
    Exists(Uuid),
    /// What would run is not what was approved.
    #[error("what would run has changed since it was approved: {what}; look at it again and approve that")]
    Drift {
        /// What differs.
        what: String,
    },
    /// The log cannot be made, read or written.
    #[error("failed to {act} the log at `{path}`", path = path.display())]
    Log {
        /// What was being done.
        act: &'static str,
        /// To what.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The engine is ending.
    #[error("the engine is shutting down")]
    Stopping,
}
