//! The time by which rights end: it never goes back, whatever happens to the machine's clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use groma_model::{Clock, Timestamp};

/// A wall clock for expiry. When the machine's is set back, this one goes on by the monotonic clock from the latest
/// time that it has told: what has expired stays so, and nothing lives longer than it was made to. Lives as long as
/// the process.
#[derive(Debug)]
pub(crate) struct Steady {
    clock: Arc<dyn Clock>,
    begun: Instant,
    base: Timestamp,
    latest: AtomicI64,
}

impl Steady {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let base = clock.now();
        Self { clock, begun: Instant::now(), base, latest: AtomicI64::new(base.micros()) }
    }

    /// Returns the time; never an earlier one than before.
    pub(crate) fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.begun.elapsed().as_micros()).unwrap_or(i64::MAX);
        let passed = self.base.micros().saturating_add(elapsed);
        let now = self.clock.now().micros().max(passed);
        Timestamp::from_micros(self.latest.fetch_max(now, Ordering::Relaxed).max(now))
    }
}
