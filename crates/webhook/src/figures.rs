//! Figures about deliveries since this process began.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::answer::Verdict;

/// How many tries ended how, and how long they took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    /// Tries that were accepted.
    pub delivered: u64,
    /// Tries that were not.
    pub failed: u64,
    /// How long all tries took together, in seconds.
    pub seconds: f64,
    /// Events that were read and wait.
    pub waiting: u64,
    /// Webhooks whose deliveries go out.
    pub active: u64,
    /// Webhooks that rest after many failures.
    pub resting: u64,
    /// Webhooks that were disabled.
    pub disabled: u64,
}

/// Counts tries.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    delivered: AtomicU64,
    failed: AtomicU64,
    micros: AtomicU64,
}

impl Counters {
    pub(crate) fn tried(&self, took: Duration, verdict: Verdict) {
        let counter = if verdict == Verdict::Accepted { &self.delivered } else { &self.failed };
        counter.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or_default(), Ordering::Relaxed);
    }

    pub(crate) fn figures(&self) -> Figures {
        Figures {
            delivered: self.delivered.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
            seconds: self.micros.load(Ordering::Relaxed) as f64 / 1e6,
            ..Figures::default()
        }
    }
}
