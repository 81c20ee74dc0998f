//! How far a backup, a check or a restore is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The database is copied as it is at one moment.
    Capture,
    /// What lies in the repository is looked up.
    Look,
    /// Chunks are read, and sent where they are not there yet.
    Upload,
    /// Everything that the backup needs is looked for once more; then it is made known.
    Commit,
    /// Objects are looked for, or read back.
    Verify,
    /// Chunks are fetched and written.
    Restore,
    /// What was written is read and compared with the backup.
    Compare,
    /// Objects that nothing needs are deleted.
    Delete,
}

impl Phase {
    /// Returns its name in machine-readable output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Look => "look",
            Self::Upload => "upload",
            Self::Commit => "commit",
            Self::Verify => "verify",
            Self::Restore => "restore",
            Self::Compare => "compare",
            Self::Delete => "delete",
        }
    }
}

/// How far it is. All figures are of the phase alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// What is being done.
    pub phase: Phase,
    /// Bytes of content that are done.
    pub bytes: u64,
    /// Bytes of content in all; 0 while that is not known.
    pub bytes_total: u64,
    /// Chunks that are done.
    pub chunks: u64,
    /// Chunks among these that were there already.
    pub reused: u64,
    /// Bytes of content per second since the phase began.
    pub bytes_per_second: f64,
}

/// Is told how far it is, some times a second. Must return quickly.
pub trait Progress: Send + Sync {
    /// Takes note of a step.
    fn step(&self, step: &Step);
}

impl<F: Fn(&Step) + Send + Sync> Progress for F {
    fn step(&self, step: &Step) {
        self(step);
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Progress for Quiet {
    fn step(&self, _step: &Step) {}
}

/// More often, nobody could read it.
const OFTEN: Duration = Duration::from_millis(100);

/// Counts, and tells now and then; cloning shares it.
#[derive(Clone)]
pub(crate) struct Meter {
    told: Arc<dyn Progress>,
    state: Arc<Mutex<State>>,
}

struct State {
    step: Step,
    begun: Instant,
    last: Option<Instant>,
}

impl Meter {
    pub(crate) fn new(told: Arc<dyn Progress>) -> Self {
        let now = Instant::now();
        let state = State { step: zero(Phase::Look, 0), begun: now, last: None };
        Self { told, state: Arc::new(Mutex::new(state)) }
    }

    /// Begins a phase.
    pub(crate) fn phase(&self, phase: Phase, bytes_total: u64) {
        self.change(true, |state| {
            state.step = zero(phase, bytes_total);
            state.begun = Instant::now();
        });
    }

    /// Counts a chunk.
    pub(crate) fn chunk(&self, bytes: u64, reused: bool) {
        self.change(false, |state| {
            state.step.bytes += bytes;
            state.step.chunks += 1;
            state.step.reused += u64::from(reused);
        });
    }

    /// Says how much is done of how much.
    pub(crate) fn at(&self, bytes: u64, bytes_total: u64) {
        self.change(false, |state| {
            state.step.bytes = bytes;
            state.step.bytes_total = bytes_total;
        });
    }

    /// Tells the last state of the phase.
    pub(crate) fn end(&self) {
        self.change(true, |_| {});
    }

    fn change(&self, always: bool, change: impl FnOnce(&mut State)) {
        let step = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut state);
            let now = Instant::now();
            let due = state.last.is_none_or(|last| now.duration_since(last) >= OFTEN);
            if !always && !due {
                return;
            }
            state.last = Some(now);
            let seconds = now.duration_since(state.begun).as_secs_f64();
            state.step.bytes_per_second = if seconds > 0.0 { state.step.bytes as f64 / seconds } else { 0.0 };
            state.step
        };
        self.told.step(&step);
    }
}

const fn zero(phase: Phase, bytes_total: u64) -> Step {
    Step { phase, bytes: 0, bytes_total, chunks: 0, reused: 0, bytes_per_second: 0.0 }
}
