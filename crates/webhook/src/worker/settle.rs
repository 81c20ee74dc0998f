//! What follows from a try.

use std::time::Duration;

use groma_api::DeliveryOutcome;
use groma_model::Timestamp;
use tokio::task::JoinError;
use tokio::time::Instant;

use super::{Tried, Worker, moment};
use crate::answer::Verdict;
use crate::attempt;
use crate::lanes::{Lane, Waiting};
use crate::record::Will;
use crate::store::Ended;
use crate::tracker::Retry;

/// Entries of the log that may wait for storage.
const TRIES_MAX: usize = 10_000;

/// What is done with the event of a try that failed.
enum Next {
    /// It goes out again after this time; the try counts or not.
    Again { after: Duration, counts: bool },
    /// It does not.
    End(String),
}

impl Worker {
    /// Deals with the end of a try.
    pub(super) fn settle(&mut self, tried: Result<Tried, JoinError>) {
        let Ok(tried) = tried else {
            // Nothing is stopped that is still wanted, so this is a fault: the lane stands until the next start.
            tracing::error!(webhook = %self.id(), "a try of a webhook ended without a result");
            return;
        };
        let Some(waiting) = self.lanes.head(tried.lane) else { return };
        let waiting = waiting.clone();
        self.dirty = true;
        self.around.figures.tried(tried.took, tried.answer.verdict);
        match tried.answer.verdict {
            Verdict::Accepted => self.delivered(&tried, &waiting),
            verdict => {
                let next = self.next(&tried, verdict, &waiting);
                self.failed(&tried, &waiting, next);
            }
        }
    }

    fn delivered(&mut self, tried: &Tried, waiting: &Waiting) {
        let now = self.around.clock.now();
        let Lane { reading, .. } = tried.lane;
        if self.resting() {
            self.lanes.hurry();
        }
        self.standing.failures = 0;
        self.standing.delivered += 1;
        self.standing.last_success = Some(now);
        self.rests_until = None;
        if self.asked_until.is_none() {
            self.standing.rests_until = None;
        }
        self.lanes.delivered(tried.lane);
        if let Some(open) = self.readings.get_mut(&reading) {
            waiting.gap.into_iter().for_each(|gap| open.tracker.told(gap));
            waiting.number.into_iter().for_each(|number| open.tracker.done(number));
        }
        self.settled
            .extend(waiting.number.filter(|_| waiting.first_at.is_some()).map(|number| (reading, number)));
        self.log(tried, waiting, DeliveryOutcome::Delivered, None);
        self.finish(reading);
    }

    fn next(&mut self, tried: &Tried, verdict: Verdict, waiting: &Waiting) -> Next {
        let policy = &self.around.policy;
        let patient = waiting
            .first_at
            .is_none_or(|first| tried.at.seconds_since(first) < policy.patience.as_secs_f64());
        match verdict {
            Verdict::Gone => Next::End("the receiver answered 410 Gone".to_owned()),
            Verdict::Later(asked) if patient => {
                let after = policy.asked(asked);
                self.asked_until = Some(Instant::now() + after);
                Next::Again { after, counts: false }
            }
            _ => {
                let counts = !waiting.early;
                // The time that the schedule had still holds for a try that came before it.
                let scheduled = waiting.retry.map(|at| at.saturating_duration_since(Instant::now()));
                let after = match scheduled.filter(|_| waiting.early) {
                    Some(scheduled) => Some(scheduled.max(policy.delay(1).unwrap_or_default())),
                    None => policy.delay(waiting.attempts + 1),
                };
                match after {
                    Some(after) => Next::Again { after, counts },
                    None => Next::End(format!(
                        "event {} was not taken in {} tries, the last because {}",
                        waiting.message.id,
                        waiting.attempts + 1,
                        tried.answer.error.as_deref().unwrap_or("of nothing that was told")
                    )),
                }
            }
        }
    }

    fn failed(&mut self, tried: &Tried, waiting: &Waiting, next: Next) {
        let (now, instant_now) = (self.around.clock.now(), Instant::now());
        self.standing.last_failure = Some(now);
        let uncounted = matches!(next, Next::Again { counts: false, .. });
        let asked = uncounted && matches!(tried.answer.verdict, Verdict::Later(_));
        // Tries that were under way when the webhook began to rest say nothing new.
        if !asked && (tried.trial || !self.resting()) {
            self.standing.failures = self.standing.failures.saturating_add(1);
            self.rests_until =
                self.around.policy.rest_after(self.standing.failures).map(|rest| instant_now + rest);
        }
        let until = self.asked_until.max(self.rests_until);
        self.standing.rests_until = until.map(|until| moment(until, now));
        match next {
            Next::Again { after, counts } => {
                let retry_at = later(now, after);
                let retry = self.lanes.head(tried.lane).map(|head| {
                    head.attempts += u32::from(counts);
                    head.first_at = head.first_at.or(Some(tried.at));
                    head.retry = Some(instant_now + after);
                    head.early = false;
                    (head.attempts, head.first_at.unwrap_or(tried.at))
                });
                self.lanes.again(tried.lane);
                if let (Some(number), Some((attempts, first_at))) = (waiting.number, retry) {
                    self.retries.push((tried.lane.reading, Retry { number, attempts, first_at, retry_at }));
                }
                self.log(tried, waiting, DeliveryOutcome::Failed, Some(retry_at));
            }
            Next::End(reason) => {
                self.log(tried, waiting, DeliveryOutcome::GivenUp, None);
                if self.standing.will == Will::Active {
                    tracing::warn!(webhook = %self.id(), "a webhook was disabled; its position is kept");
                    self.standing.will = Will::Disabled(reason.clone());
                    self.disabled = Some(Ended { reason, at: now });
                }
            }
        }
    }

    fn log(
        &mut self,
        tried: &Tried,
        waiting: &Waiting,
        outcome: DeliveryOutcome,
        retry_at: Option<Timestamp>,
    ) {
        if self.tries.len() >= TRIES_MAX {
            return;
        }
        let took = u64::try_from(tried.took.as_millis()).unwrap_or(u64::MAX);
        let kind = Self::kind(tried.lane.reading);
        let mut entry =
            attempt::entry(&waiting.message, kind, waiting.attempts + 1, tried.at, took, &tried.answer);
        entry.outcome = outcome;
        entry.retry_at = retry_at;
        self.tries.push(entry);
    }
}

fn later(now: Timestamp, after: Duration) -> Timestamp {
    Timestamp::from_micros(now.micros().saturating_add(i64::try_from(after.as_micros()).unwrap_or(i64::MAX)))
}
