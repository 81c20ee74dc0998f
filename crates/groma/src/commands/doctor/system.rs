//! The machine: limits and the clock.

use groma_model::Timestamp;
use rustix::process::{Resource, getrlimit};

use super::finding::Finding;
use crate::output::moment;

/// Below this the descriptor limit decides how fast a scan is.
const DESCRIPTORS_WARNING_BELOW: u64 = 4096;
/// A clock may be corrected by this much without anybody having to know.
const CLOCK_SECONDS_MAX: i64 = 60;
/// Written in 2026: an earlier time is that of a clock that was never set.
const CLOCK_MICROS_MIN: i64 = 1_767_225_600_000_000;

/// Whether a scan may open enough connections at once.
pub(super) fn descriptors() -> Finding {
    const CHECK: &str = "descriptor limit";
    let limit = getrlimit(Resource::Nofile);
    let shown = |limit: Option<u64>| limit.map_or_else(|| "unlimited".to_owned(), |limit| limit.to_string());
    let found = format!(
        "{} now, up to {}; servers and scans raise it by themselves",
        shown(limit.current),
        shown(limit.maximum)
    );
    if limit.maximum.is_some_and(|hard| hard < DESCRIPTORS_WARNING_BELOW) {
        let advice = "raise the hard limit (ulimit -Hn, or LimitNOFILE= of a systemd unit) for faster scans";
        return Finding::warning(CHECK, found, advice);
    }
    Finding::ok(CHECK, found)
}

/// Whether the clock is behind what was already written; `newest` is `what` is newest.
pub(super) fn clock(now: Timestamp, newest: Option<Timestamp>, what: &str) -> Finding {
    const CHECK: &str = "clock";
    const ADVICE: &str = "set the clock, and keep it right by NTP (`timedatectl`): until it has caught up, new events \
                          get the time of the newest one";
    if now.micros() < CLOCK_MICROS_MIN {
        return Finding::error(CHECK, format!("it shows {}, so it was never set", moment(now)), ADVICE);
    }
    match newest {
        Some(newest) if newest > now.plus_seconds(CLOCK_SECONDS_MAX) => {
            let found = format!("it shows {}, but {what} is of {}", moment(now), moment(newest));
            Finding::warning(CHECK, found, ADVICE)
        }
        Some(newest) => Finding::ok(CHECK, format!("{}; {what} is of {}", moment(now), moment(newest))),
        None => Finding::ok(CHECK, moment(now)),
    }
}
