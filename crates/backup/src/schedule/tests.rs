use jiff::civil::time;
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Berlin's rules, without the system's tables.
fn berlin() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

const BEGUN: &str = "2026-01-01T00:00:00Z";

#[test]
fn a_daily_run_is_at_its_time_on_the_wall_in_summer_and_winter() {
    let due = |last: &str| {
        let due = next_run(Some(at(last)), at(BEGUN), Schedule::Daily(time(3, 0, 0, 0)), &berlin(), 0);
        let local = due.to_zoned(berlin());
        assert_eq!(local.hour(), 3, "{local}");
        local.date().to_string()
    };
    assert_eq!(due("2026-03-27T12:00:00Z"), "2026-03-28");
    assert_eq!(due("2026-03-28T12:00:00Z"), "2026-03-29", "the night without a hour between two and three");
    assert_eq!(due("2026-10-24T12:00:00Z"), "2026-10-25", "the night with that hour twice");
    assert_eq!(due("2026-07-01T00:30:00Z"), "2026-07-01", "made by hand before the time of the day");
}

#[test]
fn a_missed_run_is_due_once() {
    let daily = Schedule::Daily(time(3, 0, 0, 0));
    let now = at("2026-02-10T12:00:00Z");
    let due = next_run(Some(at("2026-02-01T03:30:00Z")), at(BEGUN), daily, &TimeZone::UTC, 7);
    assert!(due < now);
    let next = next_run(Some(now), at(BEGUN), daily, &TimeZone::UTC, 7);
    assert_eq!(next.to_zoned(TimeZone::UTC).date().to_string(), "2026-02-11");
}

#[test]
fn installations_do_not_all_run_at_once() {
    let due = |seed| next_run(None, at(BEGUN), Schedule::Daily(time(3, 0, 0, 0)), &TimeZone::UTC, seed);
    let minutes: std::collections::BTreeSet<_> =
        (0..200).map(|seed| due(seed).to_zoned(TimeZone::UTC).minute()).collect();
    assert!(minutes.len() > 25, "{minutes:?}");
    assert_eq!(due(3), due(3));
}

proptest! {
    #[test]
    fn the_next_run_is_later_and_within_the_interval(
        last in 0_i64..4_000_000_000,
        seed: u64,
        minutes in 1_i64..100_000,
        minute_of_day in 0_i8..60,
        hour in 0_i8..24,
    ) {
        let last = Timestamp::from_second(last).unwrap();
        let begun = Timestamp::from_second(0).unwrap();
        let interval = SignedDuration::from_mins(minutes);
        let due = next_run(Some(last), begun, Schedule::Every(interval), &TimeZone::UTC, seed);
        let after = due.duration_since(last);
        prop_assert!(after >= interval && after <= interval + (interval / 10).min(JITTER_MAX));
        let due = next_run(Some(last), begun, Schedule::Daily(time(hour, minute_of_day, 0, 0)), &berlin(), seed);
        let after = due.duration_since(last);
        prop_assert!(after > SignedDuration::ZERO && after <= SignedDuration::from_hours(26));
    }
}
