use proptest::prelude::{any, proptest};

use super::{expand, parse};

#[test]
fn words_and_comments_are_told_apart() {
    let words: Vec<String> = parse("10.1.0.7, 10.1.0.8 # two\n\n# none\r\nfd00::/120\thost.lan").collect();
    assert_eq!(words, ["10.1.0.7", "10.1.0.8", "fd00::/120", "host.lan"]);
}

#[test]
fn a_missing_file_is_named() {
    let failure = expand(vec!["@/nowhere/targets".to_owned()]).unwrap_err();
    assert!(format!("{failure:?}").contains("/nowhere/targets"));
}

proptest! {
    #[test]
    fn no_word_is_empty_or_a_comment(text in any::<String>()) {
        for word in parse(&text) {
            assert!(!word.is_empty() && !word.contains(['#', ',', '\n', ' ']));
        }
    }
}
