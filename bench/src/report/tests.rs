use super::*;

#[test]
fn figures_take_the_place_of_the_last_ones_and_nothing_else() {
    let document = format!("head\n{BEGIN}\nold\n{END}\ntail\n");
    let once = splice(&document, "new\n").unwrap();
    assert_eq!(once, format!("head\n{BEGIN}\n\nnew\n\n{END}\ntail\n"));
    assert_eq!(splice(&once, "new\n").unwrap(), once);
    assert_eq!(splice("no marks", "new"), None);
}
