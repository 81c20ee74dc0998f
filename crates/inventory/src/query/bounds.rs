//! How long a query may take, and how much memory. SQLite asks in between whether it should go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// What one statement may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) patience: Duration,
    /// By how many bytes this process may grow meanwhile.
    pub(super) growth: u64,
}

impl Bounds {
    /// What statements of users may take.
    pub(super) const USUAL: Self = Self { patience: Duration::from_secs(30), growth: 1 << 30 };
}

/// Why a statement was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    TooLong,
    TooLarge,
}

/// Remembers why a statement was stopped.
#[derive(Debug, Clone, Default)]
pub(super) struct Verdict(Arc<AtomicU8>);

impl Verdict {
    pub(super) fn stopped(&self) -> Option<Stopped> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(Stopped::TooLong),
            _ => Some(Stopped::TooLarge),
        }
    }
}

/// The process is looked at so often at most: that costs more than a look at the clock.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Returns what says whether a statement is to stop. What SQLite sorts and gathers is in memory and nowhere else, because
/// it is in the clear; SQLite has no bound for that by connection, so it is taken from the size of the whole process.
pub(super) fn watch(bounds: Bounds, verdict: Verdict) -> impl FnMut() -> bool + Send + 'static {
    let begun = Instant::now();
    let before = resident();
    let mut looked = begun;
    move || {
        let now = Instant::now();
        let stopped = if now.duration_since(begun) > bounds.patience {
            1
        } else if now.duration_since(looked) >= LOOK_EVERY {
            looked = now;
            let grown = before.zip(resident()).map_or(0, |(before, now)| now.saturating_sub(before));
            if grown > bounds.growth { 2 } else { 0 }
        } else {
            0
        };
        if stopped > 0 {
            verdict.0.store(stopped, Ordering::Relaxed);
        }
        stopped > 0
    }
}

/// Returns the memory of this process, in bytes; `None` where the system does not tell.
pub(super) fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
