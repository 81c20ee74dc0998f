use super::*;

#[test]
fn the_median_lies_in_the_middle_of_odd_and_even_rounds() {
    for (rounds, median) in
        [(vec![], 0.0), (vec![4.0], 4.0), (vec![3.0, 1.0], 2.0), (vec![9.0, 1.0, 2.0], 2.0)]
    {
        assert_eq!(Spread::of(&rounds).median, median, "{rounds:?}");
    }
}

#[test]
fn thousands_are_set_apart() {
    for (value, decimals, text) in
        [(0.5, 2, "0.50"), (999.0, 0, "999"), (1000.0, 0, "1,000"), (1_234_567.25, 1, "1,234,567.2")]
    {
        assert_eq!(number(value, decimals), text);
    }
}

#[test]
fn a_percentile_is_a_value_that_was_measured() {
    let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
    for (values, share, value) in [
        (&[][..], 0.5, 0.0),
        (&[3.0], 0.99, 3.0),
        (&hundred, 0.5, 50.0),
        (&hundred, 0.99, 99.0),
        (&hundred, 1.0, 100.0),
    ] {
        assert_eq!(percentile(values, share), value);
    }
}
