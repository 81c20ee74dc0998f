use super::*;

#[test]
fn steps_are_exact_when_small_and_a_thousandth_wide_when_large() {
    for micros in (0..5000).chain([10_000, 65_535, 65_536, 1_000_000, 59_999_999]) {
        let told = value(index(micros));
        assert!(told >= micros && told - micros <= micros / 1000, "{micros} is told as {told}");
    }
}

#[test]
fn percentiles_are_those_of_the_samples() {
    let mut histogram = Histogram::default();
    assert_eq!(histogram.percentile(0.5), 0);
    (1..=1000).for_each(|micros| histogram.count_one(micros));
    assert_eq!((histogram.count(), histogram.max()), (1000, 1000));
    for (part, micros) in [(0.5, 500), (0.99, 990), (0.999, 999), (1.0, 1000)] {
        assert_eq!(histogram.percentile(part), micros);
    }
}
