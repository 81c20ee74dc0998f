use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::{AddressRange, AddressSet};

fn v4(number: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from(number))
}

fn naive(ranges: &[(u32, u32)]) -> BTreeSet<IpAddr> {
    ranges.iter().flat_map(|(first, count)| (*first..first + count).map(v4)).collect()
}

fn set(ranges: &[(u32, u32)]) -> AddressSet {
    ranges.iter().filter_map(|(first, count)| AddressRange::counted(v4(*first), u64::from(*count))).collect()
}

fn listed(set: &AddressSet) -> Vec<IpAddr> {
    set.ranges().iter().flat_map(AddressRange::iter).collect()
}

fn some_ranges() -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop::collection::vec((1000_u32..1300, 1_u32..40), 0..12)
}

proptest! {
    #[test]
    fn merged_ranges_are_the_naive_set(ranges in some_ranges()) {
        let merged = set(&ranges);
        prop_assert_eq!(listed(&merged), naive(&ranges).into_iter().collect::<Vec<_>>());
        prop_assert_eq!(merged.count(), naive(&ranges).len() as u128);
    }

    #[test]
    fn subtraction_is_the_naive_difference(ranges in some_ranges(), holes in some_ranges()) {
        let rest = set(&ranges).without(&set(&holes));
        let expected: BTreeSet<IpAddr> = naive(&ranges).difference(&naive(&holes)).copied().collect();
        prop_assert_eq!(listed(&rest), expected.iter().copied().collect::<Vec<_>>());
        for number in 990..1350 {
            prop_assert_eq!(rest.contains(v4(number)), expected.contains(&v4(number)));
        }
    }

    #[test]
    fn blocks_hold_everything_once(ranges in some_ranges(), size in 1_u64..70) {
        let whole = set(&ranges);
        let blocks = whole.blocks(size);
        let mut all: Vec<IpAddr> = Vec::new();
        for block in &blocks {
            let addresses: Vec<IpAddr> = block.iter().flat_map(AddressRange::iter).collect();
            prop_assert!(!addresses.is_empty() && addresses.len() as u64 <= size);
            all.extend(addresses);
        }
        prop_assert_eq!(all, listed(&whole));
    }
}

#[test]
fn the_ends_of_the_number_space_do_not_overflow() {
    let all_v6 = AddressRange::between(
        "::".parse().unwrap(),
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".parse().unwrap(),
    );
    let all: AddressSet = all_v6.into_iter().collect();
    assert_eq!(all.count(), u128::MAX);
    assert!(all.without(&all).is_empty());
    let last: AddressSet =
        [AddressRange::single(v4(u32::MAX)), AddressRange::single(v4(u32::MAX))].into_iter().collect();
    assert_eq!(last.count(), 1);
    assert_eq!(AddressRange::counted(v4(u32::MAX), 2), None);
    assert_eq!(AddressRange::counted(v4(1), 0), None);
}
