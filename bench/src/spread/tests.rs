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
