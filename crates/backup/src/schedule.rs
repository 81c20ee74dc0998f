//! When the next backup is due.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// How often backups are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// So long after the last one; at least a minute.
    Every(SignedDuration),
    /// Every day at that time of the clock on the wall.
    Daily(Time),
}

/// The largest part of an interval by which a run is put off.
const JITTER_PART: i64 = 10;
/// The longest time by which a run is put off.
const JITTER_MAX: SignedDuration = SignedDuration::from_mins(30);
const EVERY_MIN: SignedDuration = SignedDuration::from_mins(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Returns when the next backup is due, which is in the past if it was missed: then one is made at once, and not one for each
/// that was missed. `last` is when the last one was begun, `begun` when the schedule was set; `seed` is the installation's own,
/// so that not all of them send at the same moment.
#[must_use]
pub fn next_run(
    last: Option<Timestamp>,
    begun: Timestamp,
    schedule: Schedule,
    zone: &TimeZone,
    seed: u64,
) -> Timestamp {
    let after = last.map_or(begun, |last| last.max(begun));
    match schedule {
        Schedule::Every(interval) => {
            let interval = interval.max(EVERY_MIN);
            after.saturating_add(interval + jitter(interval, seed)).unwrap_or(Timestamp::MAX)
        }
        Schedule::Daily(time) => {
            let jitter = jitter(DAY, seed);
            let mut date = after.to_zoned(zone.clone()).date();
            // The run of a day may fall on the next one by its jitter.
            date = date.yesterday().unwrap_or(date);
            for _ in 0..4 {
                // A time that a day does not have is taken as the clock shows it later.
                let due = date.to_datetime(time).to_zoned(zone.clone()).map(|due| due.timestamp());
                let due = due.ok().and_then(|due| due.checked_add(jitter).ok());
                if let Some(due) = due.filter(|due| *due > after) {
                    return due;
                }
                date = date.saturating_add(1.day());
            }
            after.saturating_add(DAY).unwrap_or(Timestamp::MAX)
        }
    }
}

fn jitter(interval: SignedDuration, seed: u64) -> SignedDuration {
    let most = (interval / JITTER_PART as i32).min(JITTER_MAX).as_millis();
    let most = u64::try_from(most).unwrap_or(0);
    let millis = if most == 0 { 0 } else { scatter(seed) % most };
    SignedDuration::from_millis(i64::try_from(millis).unwrap_or(0))
}

/// Scatters seeds that lie close to each other (SplitMix64).
const fn scatter(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests;
