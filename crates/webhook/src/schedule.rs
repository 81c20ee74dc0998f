//! When to try again, and when to stop.

use std::time::Duration;

use rand::Rng as _;

/// How patient deliveries are. Tests are less so.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How long after each failed try the next one follows; one more try than entries is made.
    pub delays: Vec<Duration>,
    /// Tries in a row that fail before the webhook rests.
    pub failures_max: u32,
    /// How long it rests first; doubled for each trial that fails.
    pub rest: Duration,
    /// The longest rest between trials.
    pub rest_max: Duration,
    /// The longest time that a receiver may ask us to wait.
    pub retry_after_max: Duration,
    /// How long a receiver may ask us to come back before an event's tries are counted all the same.
    pub patience: Duration,
    /// From the first byte sent to the last that is read.
    pub answer: Duration,
    /// To look up the name, connect and agree on keys.
    pub connect: Duration,
    /// For the body of an answer whose status is known.
    pub body: Duration,
    /// How long tries under way may go on when a webhook is stopped.
    pub grace: Duration,
    /// Tries under way at once, per webhook.
    pub in_flight_max: usize,
    /// Events that were read and wait, per webhook; beyond, the journal is the queue.
    pub waiting_max: usize,
    /// How often the position is noted while nothing that is wanted happens.
    pub idle: Duration,
}

const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            // As Standard Webhooks recommends: ten tries over some 75 hours.
            delays: vec![
                Duration::from_secs(5),
                minutes(5),
                minutes(30),
                minutes(2 * 60),
                minutes(5 * 60),
                minutes(10 * 60),
                minutes(14 * 60),
                minutes(20 * 60),
                minutes(24 * 60),
            ],
            failures_max: 10,
            rest: Duration::from_secs(30),
            rest_max: minutes(30),
            retry_after_max: minutes(24 * 60),
            patience: minutes(75 * 60),
            answer: Duration::from_secs(15),
            connect: Duration::from_secs(5),
            body: Duration::from_secs(2),
            grace: Duration::from_secs(1),
            in_flight_max: 8,
            waiting_max: 1000,
            idle: Duration::from_secs(5),
        }
    }
}

impl Policy {
    /// Returns how long to wait after the `attempts`th try failed; `None` if it was the last.
    pub(crate) fn delay(&self, attempts: u32) -> Option<Duration> {
        let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        self.delays.get(index).copied().map(jitter)
    }

    /// Returns how long to rest after `failures` tries in a row failed; `None` if it goes on.
    pub(crate) fn rest_after(&self, failures: u32) -> Option<Duration> {
        let trials = failures.checked_sub(self.failures_max)?;
        let rest = self.rest.saturating_mul(1_u32.checked_shl(trials.min(31)).unwrap_or(u32::MAX));
        Some(jitter(rest.min(self.rest_max)))
    }

    /// Returns how long a receiver that asks for a time has it.
    pub(crate) fn asked(&self, asked: Duration) -> Duration {
        asked.clamp(
            self.delays.first().copied().unwrap_or_default().min(Duration::from_secs(1)),
            self.retry_after_max,
        )
    }
}

/// Spreads tries that failed together over a fifth to either side.
fn jitter(delay: Duration) -> Duration {
    delay.mul_f64(rand::rng().random_range(0.8..=1.2))
}

#[cfg(test)]
mod tests;
