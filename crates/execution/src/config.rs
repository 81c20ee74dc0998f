//! How an engine works.

mod environment;

pub use environment::ConfigError;

use std::path::PathBuf;
use std::time::Duration;

/// What holds the processes of a command together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Containment {
    /// A control group where one can be made, else as [`Self::ProcessGroup`].
    #[default]
    Auto,
    /// A process group, and a mark in the environment for processes that leave it.
    ProcessGroup,
    /// A control group (v2); commands are refused where none can be made.
    Cgroup,
}

/// How an engine works. Every field has a default; [`ExecutionConfig::from_env`] reads `GROMA_EXECUTION_*`.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionConfig {
    /// Where logs are kept; made with mode 0700. `None`: no logs, so that lines cannot be read later.
    pub log_dir: Option<PathBuf>,
    /// Commands that run at once; more wait.
    pub max_concurrent: usize,
    /// How long one attempt may take unless its request says otherwise; `None`: for ever.
    pub timeout: Option<Duration>,
    /// How long a command may take to end once asked to, before it is killed.
    pub grace: Duration,
    /// How long to go on reading output that something still holds open after the end.
    pub drain: Duration,
    /// What holds the processes of a command together.
    pub containment: Containment,
    /// Bytes of a line; a longer one is cut and marked as partial.
    pub line_bytes_max: usize,
    /// Bytes of a log; of a longer one the beginning and the end are kept.
    pub log_bytes_max: u64,
    /// Bytes of each stream that a result carries; of more, the beginning and the end.
    pub result_bytes_max: usize,
    /// Ended executions whose results stay in memory.
    pub results_max: usize,
    /// Delete logs of executions that ended longer ago; `None`: never.
    pub log_age_max: Option<Duration>,
    /// Delete the oldest logs beyond this many bytes in all; `None`: never.
    pub logs_bytes_max: Option<u64>,
}

impl Default for ExecutionConfig {
    fn default() -> Self {
        Self {
            log_dir: None,
            max_concurrent: 64,
            timeout: None,
            grace: Duration::from_secs(10),
            drain: Duration::from_secs(2),
            containment: Containment::Auto,
            line_bytes_max: 64 << 10,
            log_bytes_max: 1 << 30,
            result_bytes_max: 64 << 10,
            results_max: 10_000,
            log_age_max: None,
            logs_bytes_max: None,
        }
    }
}
