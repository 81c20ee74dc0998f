use proptest::prelude::*;

use super::{derive, shuffle};

proptest! {
    #[test]
    fn every_item_comes_exactly_once(length in 0_usize..3000, seed: u64) {
        let mut items: Vec<usize> = (0..length).collect();
        shuffle(&mut items, seed);
        items.sort_unstable();
        prop_assert_eq!(items, (0..length).collect::<Vec<_>>());
    }
}

#[test]
fn the_order_never_changes_between_versions() {
    let mut items: Vec<u16> = (1..=10).collect();
    shuffle(&mut items, 42);
    let first = items.clone();
    let mut again: Vec<u16> = (1..=10).collect();
    shuffle(&mut again, 42);
    assert_eq!(first, again);
    assert_ne!(first, (1..=10).collect::<Vec<u16>>());
    assert_ne!(derive(1, 2), derive(1, 3));
}
