use std::time::Duration;

use super::{Pace, Wishes};

const MS: Duration = Duration::from_millis(1);

#[test]
fn wishes_are_honoured() {
    let wishes = Wishes { timeout: Some(700 * MS), retries: Some(0) };
    let mut pace = Pace::new(wishes, 1000, None);
    for _ in 0..100 {
        pace.answered(0, MS, false);
        pace.unanswered(0);
    }
    assert_eq!(pace.timeout(0), 700 * MS);
    assert_eq!(pace.timeout(3), 700 * MS);
    assert_eq!(pace.tries(), 1);
}

#[test]
fn a_lossy_host_is_asked_more_often_than_a_silent_one() {
    let mut lossy = Pace::new(Wishes::default(), 1000, None);
    let mut silent = Pace::new(Wishes::default(), 1000, Some(MS));
    for at in 0..1000 {
        if at % 10 == 0 {
            lossy.unanswered(0);
        } else {
            lossy.answered(0, 22 * MS, false);
        }
        silent.unanswered(0);
    }
    assert_eq!(lossy.tries(), 4);
    assert_eq!(silent.tries(), 2);
    assert!(silent.timeout(0) >= 150 * MS && silent.timeout(1) > silent.timeout(0));
    assert!(silent.timeout(9) <= 1500 * MS);
}

#[test]
fn the_window_grows_to_its_bound_and_shrinks_on_proven_loss() {
    let mut pace = Pace::new(Wishes::default(), 500, None);
    for _ in 0..2000 {
        pace.answered(0, MS, false);
    }
    assert_eq!(pace.window(), 500);
    pace.answered(1, MS, true);
    assert!(pace.window() < 400);
    assert_eq!(Pace::new(Wishes::default(), 1, None).window(), 1);
}
