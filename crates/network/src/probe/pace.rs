//! How fast one host is probed, and how long and how often: learned from how it answers.

use std::time::Duration;

use crate::request::{RETRIES_DEFAULT, TIMEOUT_CEILING_MS};

const WINDOW_START: f64 = 128.0;
const WINDOW_LEAST: f64 = 16.0;
const TIMEOUT_FLOOR: Duration = Duration::from_millis(150);
const TIMEOUT_UNKNOWN: Duration = Duration::from_millis(600);
const TIMEOUT_CEILING: Duration = Duration::from_millis(TIMEOUT_CEILING_MS);
/// Probes of which the fate must be known before their loss is believed.
const SAMPLE_LEAST: u32 = 20;
/// An open port may stay unseen with this chance, by loss on the way.
const MISS_CHANCE: f64 = 0.000_1;
const TRIES_MOST: u32 = 8;

/// What a request says of pace; the rest is learned.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wishes {
    /// How long every probe waits.
    pub(super) timeout: Option<Duration>,
    /// How often an unanswered probe is sent again.
    pub(super) retries: Option<u32>,
}

/// The pace of one host.
#[derive(Debug)]
pub(super) struct Pace {
    wishes: Wishes,
    window: f64,
    window_most: f64,
    rtt: Option<Rtt>,
    first_tries: u32,
    first_answers: u32,
    open_at_first: u32,
    open_later: u32,
}

#[derive(Debug, Clone, Copy)]
struct Rtt {
    smooth: f64,
    variation: f64,
}

impl Pace {
    /// Starts slowly; `window_most` bounds the probes in flight, `rtt` is what discovery measured.
    pub(super) fn new(wishes: Wishes, window_most: u32, rtt: Option<Duration>) -> Self {
        let mut pace = Self {
            wishes,
            window: WINDOW_START,
            window_most: f64::from(window_most).max(1.0),
            rtt: None,
            first_tries: 0,
            first_answers: 0,
            open_at_first: 0,
            open_later: 0,
        };
        if let Some(rtt) = rtt {
            pace.measure(rtt);
        }
        pace
    }

    /// Returns how many probes may be in flight.
    pub(super) fn window(&self) -> u32 {
        self.window.min(self.window_most).max(1.0) as u32
    }

    /// Notes an answer to the `attempt`th try (from 0).
    pub(super) fn answered(&mut self, attempt: u8, after: Duration, open: bool) {
        self.measure(after);
        self.window = (self.window + 1.0).min(self.window_most);
        if attempt == 0 {
            self.first_tries += 1;
            self.first_answers += 1;
        }
        if open && attempt == 0 {
            self.open_at_first += 1;
        } else if open {
            self.open_later += 1;
            // An open port that answers only when asked again proves loss; unanswered closed ones do not,
            // since many hosts ration their resets.
            self.window = (self.window * 0.75).max(WINDOW_LEAST.min(self.window_most));
        }
    }

    /// Notes that the `attempt`th try was not answered in time.
    pub(super) fn unanswered(&mut self, attempt: u8) {
        if attempt == 0 {
            self.first_tries += 1;
        }
        self.window = (self.window + 1.0).min(self.window_most);
    }

    /// Returns how long the `attempt`th try waits.
    pub(super) fn timeout(&self, attempt: u8) -> Duration {
        if let Some(timeout) = self.wishes.timeout {
            return timeout;
        }
        // Each further try waits longer, less so if it is known how long answers take.
        let (first, growth) = match self.rtt {
            Some(rtt) => (rtt.smooth + 4.0 * rtt.variation, 1.5_f64),
            None => (TIMEOUT_UNKNOWN.as_secs_f64(), 2.0),
        };
        let first = first.clamp(TIMEOUT_FLOOR.as_secs_f64(), TIMEOUT_CEILING.as_secs_f64());
        Duration::from_secs_f64(first * growth.powi(i32::from(attempt.min(8)))).min(TIMEOUT_CEILING)
    }

    /// Returns how often an unanswered probe is sent in all.
    pub(super) fn tries(&self) -> u32 {
        if let Some(retries) = self.wishes.retries {
            return retries + 1;
        }
        let least = RETRIES_DEFAULT + 1;
        let Some(loss) = self.loss() else { return least };
        if loss <= 0.0 {
            return least;
        }
        let needed = (MISS_CHANCE.ln() / loss.min(0.99).ln()).ceil();
        (needed as u32).clamp(least, TRIES_MOST)
    }

    /// The share of probes that the way loses. Of a host that answers most first tries, the rest counts as lost;
    /// of one that hides or rations its answers, only open ports tell.
    fn loss(&self) -> Option<f64> {
        if self.first_tries >= SAMPLE_LEAST && self.first_answers * 2 >= self.first_tries {
            return Some(1.0 - f64::from(self.first_answers) / f64::from(self.first_tries));
        }
        let open = self.open_at_first + self.open_later;
        (open > 0).then(|| f64::from(self.open_later) / f64::from(open))
    }

    fn measure(&mut self, sample: Duration) {
        let sample = sample.as_secs_f64();
        self.rtt = Some(match self.rtt {
            None => Rtt { smooth: sample, variation: sample / 2.0 },
            Some(Rtt { smooth, variation }) => Rtt {
                smooth: smooth + (sample - smooth) / 8.0,
                variation: variation + ((sample - smooth).abs() - variation) / 4.0,
            },
        });
    }
}

#[cfg(test)]
mod tests;
