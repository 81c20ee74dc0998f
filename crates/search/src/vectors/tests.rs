use std::collections::BTreeSet;

use super::{Approximate, ApproximateStanding, DIMENSIONS, Exact, VectorIndex, VectorLimits};
use crate::bitmap::Bitmap;
use crate::clusters::Clusters;

fn bitmap(size: u32, allows: impl Fn(u32) -> bool) -> Bitmap {
    let mut allowed = Bitmap::new(size as usize);
    (0..size).filter(|ordinal| allows(*ordinal)).for_each(|ordinal| allowed.insert(ordinal));
    allowed
}

#[test]
fn the_coarse_scan_finds_what_the_full_one_does() {
    let mut random = fastrand::Rng::with_seed(5);
    let clusters = Clusters::new(20, 0.3, &mut random);
    let mut index = Exact::default();
    for _ in 0..20_000 {
        let ordinal = random.u32(..18_000);
        if random.usize(..10) == 0 {
            index.remove(ordinal);
        } else {
            index.replace(ordinal, &clusters.vector(&mut random));
        }
    }
    for round in 0..40 {
        let query = clusters.vector(&mut random);
        let one_in = [1, 2, 7, 30][round % 4];
        let allowed = bitmap(18_000, |ordinal| ordinal % one_in == 0);
        for k in [1, 10, 100] {
            assert_eq!(index.search(&query, &allowed, k), index.search_in_full(&query, &allowed, k));
        }
    }
}

#[test]
fn vectors_as_near_as_the_last_are_all_returned() {
    let mut index = Exact::default();
    let mut unit = vec![0.0; DIMENSIONS];
    unit[3] = 2.0;
    (0..50).for_each(|ordinal| index.replace(ordinal, &unit));
    let found = index.search(&unit, &bitmap(50, |_| true), 5);
    assert_eq!(found.len(), 50);
    assert!((found[0].cosine - 1.0).abs() < 1e-6);
}

#[test]
fn what_is_no_vector_is_left_out() {
    let mut index = Exact::default();
    let good = vec![1.0; DIMENSIONS];
    index.replace(1, &good);
    for bad in
        [vec![0.0; DIMENSIONS], vec![1.0; 3], vec![f32::NAN; DIMENSIONS], vec![f32::INFINITY; DIMENSIONS]]
    {
        index.replace(0, &bad);
        assert_eq!(index.len(), 1);
        assert!(index.search(&bad, &bitmap(2, |_| true), 3).is_empty());
    }
    index.replace(1, &[]);
    assert!(index.is_empty());
}

fn recall(index: &Approximate, query: &[f32], allowed: &Bitmap) -> usize {
    let ten = |found: Vec<super::Neighbour>| -> BTreeSet<u32> {
        found.into_iter().take(10).map(|found| found.ordinal).collect()
    };
    ten(index.search(query, allowed, 10)).intersection(&ten(index.exact().search(query, allowed, 10))).count()
}

#[test]
fn the_graph_finds_nearly_what_looking_at_all_does_filters_and_changes_included() {
    let mut random = fastrand::Rng::with_seed(6);
    let clusters = Clusters::new(100, 0.6, &mut random);
    let limits = VectorLimits { exact_up_to: 1_000, rebuild_share: 4, ..VectorLimits::default() };
    let mut index = Approximate::new(limits);
    (0..20_000).for_each(|ordinal| index.replace(ordinal, &clusters.vector(&mut random)));
    assert_eq!(index.standing(), ApproximateStanding::Building);
    index.build();
    assert_eq!(index.standing(), ApproximateStanding::Ready);
    // What came, changed and went since is right at once.
    (0..600).for_each(|_| index.replace(random.u32(..20_300), &clusters.vector(&mut random)));
    (0..300).for_each(|_| index.remove(random.u32(..20_000)));
    let mut right = 0;
    for round in 0..200u32 {
        let query = clusters.vector(&mut random);
        let one_in = [1, 2, 10, 300][round as usize % 4];
        let allowed = bitmap(20_300, |ordinal| ordinal % one_in == 0);
        right += recall(&index, &query, &allowed);
        for found in index.search(&query, &allowed, 10) {
            assert!(allowed.contains(found.ordinal) && index.exact().vector(found.ordinal).is_some());
        }
    }
    assert!(right >= 1_940, "recall@10 is {right} of 2,000");
}
