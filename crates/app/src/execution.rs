//! How this process runs commands and plans, and what it knows of those that run elsewhere.

mod options;
mod sealed_logs;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

pub use options::ExecutionOptions;

/// The folder for logs within the data folder.
const LOG_FOLDER: &str = "executions";

/// The commands and plans of this folder.
#[derive(Debug)]
pub(crate) struct Executions {
    pub(crate) options: ExecutionOptions,
    log_dir: PathBuf,
    /// When each run of another process was heard of last.
    heard: Mutex<HashMap<Uuid, Instant>>,
}

impl Executions {
    pub(crate) fn new(data_dir: &Path, options: ExecutionOptions) -> Self {
        Self { options, log_dir: data_dir.join(LOG_FOLDER), heard: Mutex::default() }
    }

    /// Returns where logs are.
    pub(crate) fn log_dir(&self) -> &Path {
        &self.log_dir
    }

    /// Notes that the process of a run lives.
    pub(crate) fn heard_of(&self, run: Uuid) {
        self.heard.lock().insert(run, Instant::now());
    }
}
