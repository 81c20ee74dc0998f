use proptest::prelude::*;

use super::*;

#[test]
fn the_position_waits_for_the_first_that_is_missing() {
    let mut tracker = Tracker::new(Progress::at(10));
    for number in [11, 12, 14] {
        assert!(tracker.read(number));
    }
    tracker.done(14);
    assert_eq!(tracker.progress(), Progress { position: 10, ahead: 14, missing: vec![11, 12] });
    tracker.done(11);
    assert_eq!(tracker.progress(), Progress { position: 11, ahead: 14, missing: vec![12] });
    tracker.done(12);
    assert_eq!(tracker.progress(), Progress::at(14));
    tracker.passed(20);
    assert_eq!(tracker.progress(), Progress::at(20));
}

#[test]
fn a_gap_holds_the_position_and_hides_nothing() {
    let mut tracker = Tracker::new(Progress::at(10));
    let gap = tracker.gap();
    assert!(tracker.read(11) && tracker.read(12));
    tracker.done(12);
    assert_eq!(tracker.progress(), Progress { position: 10, ahead: 12, missing: vec![11] });
    tracker.done(11);
    assert_eq!(
        (tracker.progress(), tracker.waiting()),
        (Progress { position: 10, ahead: 12, missing: vec![] }, 1)
    );
    tracker.told(gap);
    assert_eq!((tracker.progress(), tracker.waiting()), (Progress::at(12), 0));
}

proptest! {
    /// Processes that read, deliver in any order, and die: each event is delivered before the position passes it.
    #[test]
    fn nothing_is_passed_over(runs in prop::collection::vec((1_usize..30, prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..40)), 1..8)) {
        let wanted: Vec<u64> = (1..=60).filter(|number| number % 3 != 0).collect();
        let mut kept = Progress::at(0);
        let mut delivered = BTreeSet::new();
        for (reads, acts) in runs {
            let mut tracker = Tracker::new(kept.clone());
            let mut waiting = Vec::new();
            for number in wanted.iter().copied().filter(|number| *number > kept.position).take(reads) {
                if tracker.read(number) {
                    waiting.push(number);
                } else {
                    prop_assert!(delivered.contains(&number));
                }
            }
            for (index, keep) in acts {
                if !waiting.is_empty() {
                    let number = waiting.swap_remove(index.index(waiting.len()));
                    delivered.insert(number);
                    tracker.done(number);
                }
                if keep {
                    kept = tracker.progress();
                    for number in &wanted {
                        prop_assert!(!kept.covers(*number) || delivered.contains(number), "{number} {kept:?}");
                    }
                }
            }
        }
    }
}
