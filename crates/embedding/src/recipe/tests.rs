use proptest::prelude::*;

use super::{CHARS_MAX, recipe};

#[test]
fn a_thing_is_told_by_type_name_identifier_and_tags() {
    let tags = [("team", "payments"), ("env", "prod"), ("spot", "")];
    let text = recipe("aws.ec2.instance", "web-1", "i-0abc", tags.into_iter());
    assert_eq!(text, "aws.ec2.instance web-1 i-0abc env=prod spot team=payments");
}

#[test]
fn what_is_empty_or_said_already_is_left_out() {
    assert_eq!(recipe("network.host", "10.0.0.7", "10.0.0.7", [].into_iter()), "network.host 10.0.0.7");
    assert_eq!(recipe("vm.machine", " ", "", [].into_iter()), "vm.machine");
    assert_eq!(recipe("", "", "", [].into_iter()), "");
}

#[test]
fn a_long_name_leaves_room_for_the_rest() {
    let name = "é".repeat(10_000);
    let text = recipe("aws.s3.bucket", &name, "id", [("env", "prod")].into_iter());
    assert!(text.ends_with("é id env=prod"));
    assert!(text.chars().count() < 300);
}

proptest! {
    #[test]
    fn the_order_of_tags_does_not_matter_and_the_text_is_bounded(
        name in ".{0,400}",
        tags in proptest::collection::hash_map("[a-z]{1,30}", ".{0,300}", 0..40),
    ) {
        let mut pairs: Vec<(&str, &str)> = tags.iter().map(|(key, value)| (&**key, &**value)).collect();
        let text = recipe("kind", &name, "id", pairs.iter().copied());
        pairs.reverse();
        prop_assert_eq!(&text, &recipe("kind", &name, "id", pairs.into_iter()));
        prop_assert!(text.chars().count() <= CHARS_MAX);
    }
}
