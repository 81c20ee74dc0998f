//! How long to wait before trying again.

use std::time::Duration;

use groma_execution_types::Retry;

/// Returns the wait after this many attempts: each is longer than the one before, none longer than the longest, and
/// between half and all of it by chance, so that what failed together does not come back together.
pub(crate) fn wait(retry: &Retry, attempts: u32) -> Duration {
    let chance = fastrand::f64();
    between(retry, attempts, chance)
}

fn between(retry: &Retry, attempts: u32, chance: f64) -> Duration {
    let exponent = i32::try_from(attempts.saturating_sub(1)).unwrap_or(i32::MAX);
    let full = retry.initial_delay_ms as f64 * retry.multiplier.max(1.0).powi(exponent);
    let full = full.min(retry.max_delay_ms as f64);
    Duration::try_from_secs_f64(full * (0.5 + chance / 2.0) / 1000.0)
        .unwrap_or(Duration::from_millis(retry.max_delay_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_never_overflow() {
        let retry = Retry { max_attempts: 100, initial_delay_ms: 100, max_delay_ms: 1000, multiplier: 2.0 };
        let full: Vec<u128> =
            [1, 2, 3, 4, 5, 100, u32::MAX].map(|n| between(&retry, n, 1.0).as_millis()).into();
        assert_eq!(full, [100, 200, 400, 800, 1000, 1000, 1000]);
        assert_eq!(between(&retry, 1, 0.0).as_millis(), 50);
        let odd =
            Retry { max_attempts: 2, initial_delay_ms: u64::MAX, max_delay_ms: 5, multiplier: f64::NAN };
        assert!(between(&odd, 3, 0.7).as_millis() <= 5);
    }
}
