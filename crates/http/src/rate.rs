//! How many requests a caller may make: each fills a bucket that empties at a steady rate.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use groma_api::{ApiError, ErrorCode};
use groma_model::PrincipalId;
use parking_lot::Mutex;

use crate::RequestRate;
use crate::peer::Source;

/// The most callers that are told apart; the rest share one bucket.
const KEYS_MAX: usize = 65_536;
/// Empty buckets are looked for at most so often: a flood of new callers must not pay for it each time.
const SWEEP_PAUSE: Duration = Duration::from_secs(1);
/// Refused credentials of one peer: ten at once, then one every six seconds.
const FAILURES: RequestRate = RequestRate { interval: Duration::from_secs(6), burst: 10 };

/// All buckets of the edge.
#[derive(Debug)]
pub(crate) struct Rates {
    principals: Buckets<PrincipalId>,
    peers: Buckets<Source>,
    failures: Buckets<Source>,
}

impl Rates {
    pub(crate) fn new(rate: RequestRate) -> Self {
        Self { principals: Buckets::new(rate), peers: Buckets::new(rate), failures: Buckets::new(FAILURES) }
    }

    /// Counts a request of somebody who is signed in.
    pub(crate) fn principal(&self, id: PrincipalId) -> Result<Quota, ApiError> {
        let taken = self.principals.take(id, Instant::now());
        taken.map_err(|wait| refuse("this token or session has made more requests than it may", wait))
    }

    /// Counts a request of nobody in particular.
    pub(crate) fn peer(&self, address: IpAddr) -> Result<Quota, ApiError> {
        let taken = self.peers.take(Source::of(address), Instant::now());
        taken.map_err(|wait| refuse("more requests came from this address than may", wait))
    }

    /// Counts a credential that was refused, or is about to be tried.
    pub(crate) fn failure(&self, address: IpAddr) -> Result<Quota, ApiError> {
        let taken = self.failures.take(Source::of(address), Instant::now());
        taken.map_err(|wait| {
            refuse("too many tokens, cookies or sign-in codes from this address were refused", wait)
        })
    }

    /// Takes back what [`Rates::failure`] counted: the credential was a good one.
    pub(crate) fn no_failure(&self, address: IpAddr) {
        self.failures.give_back(Source::of(address));
    }
}

fn refuse(what: &str, wait: Duration) -> ApiError {
    let seconds = wait.as_millis().div_ceil(1000).max(1);
    let detail = format!("{what}: try again in {seconds} s");
    ApiError::new(ErrorCode::TooManyRequests, detail).retry_after(wait)
}

/// What is left after a request, for the headers of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    burst: u32,
    remaining: u32,
    /// Until everything is left again.
    reset: Duration,
    /// The time that the whole takes to come back.
    window: Duration,
}

impl Quota {
    /// Tells a caller how much it may still ask (draft-ietf-httpapi-ratelimit-headers).
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        let Self { burst, remaining, reset, window } = self;
        let seconds = |time: Duration| time.as_millis().div_ceil(1000);
        let policy = format!("\"default\";q={burst};w={}", seconds(window).max(1));
        let left = format!("\"default\";r={remaining};t={}", seconds(reset));
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

/// Buckets of one size. Only the moment at which a bucket will be empty is kept.
#[derive(Debug)]
struct Buckets<K> {
    rate: RequestRate,
    state: Mutex<State<K>>,
}

#[derive(Debug)]
struct State<K> {
    /// `None` is the bucket of everybody for whom there was no room.
    empty_at: HashMap<Option<K>, Instant>,
    swept: Option<Instant>,
}

impl<K: Copy + Eq + Hash> Buckets<K> {
    fn new(rate: RequestRate) -> Self {
        Self { rate, state: Mutex::new(State { empty_at: HashMap::new(), swept: None }) }
    }

    /// Fills the bucket by one, or returns how long it is too full for that.
    fn take(&self, key: K, now: Instant) -> Result<Quota, Duration> {
        let RequestRate { interval, burst } = self.rate;
        let window = interval * burst;
        let mut state = self.state.lock();
        let key = state.place(key, now);
        let empty_at = state.empty_at.entry(key).or_insert(now);
        let filled = (*empty_at).max(now) + interval;
        let reset = filled - now;
        if reset > window {
            return Err(reset - window);
        }
        *empty_at = filled;
        let remaining = (window - reset).as_nanos() / interval.as_nanos().max(1);
        Ok(Quota { burst, remaining: u32::try_from(remaining).unwrap_or(burst), reset, window })
    }

    fn give_back(&self, key: K) {
        let mut state = self.state.lock();
        let key = if state.empty_at.contains_key(&Some(key)) { Some(key) } else { None };
        if let Some(empty_at) = state.empty_at.get_mut(&key) {
            *empty_at = empty_at.checked_sub(self.rate.interval).unwrap_or(*empty_at);
        }
    }
}

impl<K: Copy + Eq + Hash> State<K> {
    /// Returns the key under which a caller is counted, making room for it if there is any.
    fn place(&mut self, key: K, now: Instant) -> Option<K> {
        if self.empty_at.len() < KEYS_MAX || self.empty_at.contains_key(&Some(key)) {
            return Some(key);
        }
        if self.swept.is_none_or(|swept| now.saturating_duration_since(swept) >= SWEEP_PAUSE) {
            self.swept = Some(now);
            self.empty_at.retain(|_, empty_at| *empty_at > now);
        }
        (self.empty_at.len() < KEYS_MAX).then_some(key)
    }
}

#[cfg(test)]
mod tests;
