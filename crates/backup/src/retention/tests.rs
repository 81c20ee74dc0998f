use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn each_rule_keeps_the_newest_of_its_time() {
    let backups = [
        (1, at("2026-01-31T10:00:00Z")),
        (2, at("2026-02-01T10:00:00Z")),
        (3, at("2026-02-02T10:00:00Z")),
        (4, at("2026-02-02T20:00:00Z")),
        (5, at("2026-02-03T10:00:00Z")),
    ];
    let keep = |last, daily, weekly, monthly| {
        let retention = Retention { last, daily, weekly, monthly };
        retention.keep(&backups, &TimeZone::UTC).into_keys().collect::<Vec<_>>()
    };
    assert_eq!(keep(0, 0, 0, 0), [5], "the newest always stays");
    assert_eq!(keep(2, 0, 0, 0), [4, 5]);
    assert_eq!(keep(0, 3, 0, 0), [2, 4, 5]);
    // The 1st of February 2026 is a Sunday.
    assert_eq!(keep(0, 0, 5, 0), [2, 5]);
    assert_eq!(keep(0, 0, 0, 2), [1, 5]);
    assert_eq!(keep(2, 2, 2, 2), [1, 2, 4, 5]);
}

#[test]
fn days_begin_where_the_user_lives() {
    let backups = [(1, at("2026-02-01T22:30:00Z")), (2, at("2026-02-01T23:30:00Z"))];
    let daily = Retention { daily: 9, ..Retention::default() };
    assert_eq!(daily.keep(&backups, &TimeZone::UTC).len(), 1);
    assert_eq!(daily.keep(&backups, &TimeZone::fixed(jiff::tz::offset(1))).len(), 2);
}

proptest! {
    #[test]
    fn something_always_stays_and_more_is_never_less(
        hours in prop::collection::vec(0_i64..20_000, 1..60),
        counts in prop::array::uniform4(0_u32..8),
        which in 0_usize..4,
    ) {
        let backups: Vec<_> = (1..).zip(&hours).map(|(number, hours)| (number, Timestamp::from_second(hours * 3600).unwrap())).collect();
        let of = |[last, daily, weekly, monthly]: [u32; 4]| {
            Retention { last, daily, weekly, monthly }.keep(&backups, &TimeZone::UTC).into_keys().collect::<BTreeSet<_>>()
        };
        let kept = of(counts);
        prop_assert!(kept.contains(&(hours.len() as u64)));
        prop_assert!(kept.len() <= 1 + counts.iter().sum::<u32>() as usize);
        let mut more = counts;
        more[which] += 1;
        prop_assert!(of(more).is_superset(&kept));
    }
}
