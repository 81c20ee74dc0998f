//! How this process runs commands and plans, and what it knows of those that run elsewhere.

mod expand;
mod keychain;
mod local;
mod options;
mod prepare;
mod read;
mod readers;
mod reconcile;
mod refusal;
mod report;
mod retain;
mod runner;
mod sealed_logs;
mod shown;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

pub use groma_execution as engine;
pub use groma_execution::{
    Approval, EventHandler, ExecutionConfig, ExecutionEngine, ExecutionError, Interest, SecretError,
    SecretSource, Tee,
};

pub use self::keychain::Keychain;
pub use self::local::LocalRun;
pub use self::options::ExecutionOptions;
pub use self::report::ReportTo;

pub(crate) use self::expand::Expansion;
pub(crate) use self::prepare::Work;
use self::readers::Readers;
pub(crate) use self::refusal::refusal;
use self::runner::Runner;

/// The folder for logs within the data folder.
const LOG_FOLDER: &str = "executions";

/// The commands and plans of this folder.
#[derive(Debug)]
pub(crate) struct Executions {
    pub(crate) options: ExecutionOptions,
    log_dir: PathBuf,
    opened: Instant,
    /// When each run of another process was heard of last.
    heard: Mutex<HashMap<Uuid, Instant>>,
    /// Counts reports, so that whoever waits for one looks again.
    moved: watch::Sender<u64>,
    runner: OnceLock<Runner>,
    pub(crate) readers: Readers,
    reconciling: tokio::sync::Mutex<()>,
}

impl Executions {
    pub(crate) fn new(data_dir: &Path, options: ExecutionOptions) -> Self {
        Self {
            options,
            log_dir: data_dir.join(LOG_FOLDER),
            opened: Instant::now(),
            heard: Mutex::default(),
            moved: watch::Sender::new(0),
            runner: OnceLock::new(),
            readers: Readers::default(),
            reconciling: tokio::sync::Mutex::default(),
        }
    }

    /// Returns where logs are.
    pub(crate) fn log_dir(&self) -> &Path {
        &self.log_dir
    }

    /// Notes that the process of a run lives.
    pub(crate) fn heard_of(&self, run: Uuid) {
        self.heard.lock().insert(run, Instant::now());
    }

    /// Forgets runs that are over, and were so for a while.
    fn remember_only(&self, unfinished: HashSet<Uuid>) {
        const KEPT: Duration = Duration::from_secs(60);
        self.heard.lock().retain(|run, at| unfinished.contains(run) || at.elapsed() < KEPT);
    }

    /// Returns for how long nothing was heard of a run; `None` if nothing ever was.
    fn silent_for(&self, run: Uuid) -> Option<Duration> {
        self.heard.lock().get(&run).map(Instant::elapsed)
    }

    /// Returns for how long this process has held the folder.
    fn open_for(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Wakes whoever waits for something to happen.
    pub(crate) fn moved(&self) {
        self.moved.send_modify(|count| *count += 1);
    }

    /// Returns what tells when something happened.
    pub(crate) fn moves(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    /// Returns the engine of this process, if it was needed yet.
    pub(crate) fn runner(&self) -> Option<&Runner> {
        self.runner.get()
    }

    /// Stops what runs in this process and returns once that is on record.
    pub(crate) async fn end(&self) {
        if let Some(runner) = self.runner.get() {
            runner.end().await;
        }
    }
}
