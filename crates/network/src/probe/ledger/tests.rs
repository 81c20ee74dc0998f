use proptest::prelude::*;

use super::Ledger;

proptest! {
    #[test]
    fn the_watermark_is_the_first_undecided(start in 0_u32..50, order in Just((0_u32..100).collect::<Vec<_>>()).prop_shuffle()) {
        let mut ledger = Ledger::new(start);
        let mut decided: std::collections::BTreeSet<u32> = (0..start).collect();
        for index in order {
            ledger.decide(index);
            decided.insert(index);
            let first = (0..).find(|at| !decided.contains(at)).unwrap();
            prop_assert_eq!(ledger.watermark(), first);
        }
        prop_assert_eq!(ledger.watermark(), 100);
    }
}
