//! How commands are run in this process, and how long their logs are kept.

use std::time::Duration;

use groma_execution::ExecutionConfig;

/// How commands are run in this process, and how long their logs are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionOptions {
    /// Whether commands and plans may be started over the API.
    pub rest: bool,
    /// Commands that run at once in this process; more wait.
    pub max_concurrent: usize,
    /// How long one attempt may take unless its request says otherwise; `None`: for ever.
    pub timeout: Option<Duration>,
    /// How long a command may take to end once asked to, before it is killed.
    pub grace: Duration,
    /// Bytes of one log; of a longer one the beginning and the end are kept.
    pub log_bytes_max: u64,
    /// Logs of executions that ended longer ago are deleted; `None`: never.
    pub log_age_max: Option<Duration>,
    /// Beyond this many bytes of logs in all, the oldest are deleted; `None`: never.
    pub logs_bytes_max: Option<u64>,
}

impl Default for ExecutionOptions {
    fn default() -> Self {
        Self {
            rest: false,
            max_concurrent: 64,
            timeout: None,
            grace: Duration::from_secs(10),
            log_bytes_max: 1 << 30,
            log_age_max: Some(Duration::from_secs(30 * 86_400)),
            logs_bytes_max: Some(10 << 30),
        }
    }
}

impl ExecutionOptions {
    /// Returns the same as an engine takes it.
    #[must_use]
    pub fn config(&self) -> ExecutionConfig {
        ExecutionConfig {
            max_concurrent: self.max_concurrent,
            timeout: self.timeout,
            grace: self.grace,
            log_bytes_max: self.log_bytes_max,
            ..ExecutionConfig::default()
        }
    }
}
