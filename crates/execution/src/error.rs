//! Why something is not run.

use std::path::PathBuf;

use uuid::Uuid;

use crate::{SecretError, ValidationError};

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
    /// A script that was given as text cannot be written where its interpreter reads it.
    #[error("failed to write the script to a file in `{path}`", path = path.display())]
    Script {
        /// The folder for temporary files (`TMPDIR`).
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The system has no thread left, or what ran on it broke down.
    #[error("failed to look at what would run: {0}")]
    Thread(std::io::Error),
    /// The engine is ending.
    #[error("the engine is shutting down")]
    Stopping,
}
