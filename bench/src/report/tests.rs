use super::splice;

#[test]
fn figures_take_the_place_of_the_last_ones() {
    let mark = |which| format!("<!-- written by `cargo xtask bench net`: {which} -->");
    let (begin, end) = (mark("begin"), mark("end"));
    let document = format!("head\n{begin}\nold\n{end}\ntail\n");
    let once = splice("net", &document, "new\n").unwrap();
    assert_eq!(once, format!("head\n{begin}\n\nnew\n\n{end}\ntail\n"));
    assert_eq!(splice("net", &once, "new\n").unwrap(), once);
    assert_eq!(splice("net", "no marks", "new"), None);
    assert_eq!(splice("other", &document, "new"), None);
}
