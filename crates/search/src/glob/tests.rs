use super::fits;

#[test]
fn stars_take_any_text_and_question_marks_one_character() {
    for (pattern, text, expected) in [
        ("aws.ec2.*", "aws.ec2.instance", true),
        ("aws.ec2.*", "aws.rds.db", false),
        ("AWS.*.Instance", "aws.ec2.instance", true),
        ("*", "", true),
        ("", "", true),
        ("", "a", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("*a*b*", "xxaxxbxx", true),
        ("*ab", "aab", true),
        ("ü*", "Über", true),
    ] {
        assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
    }
}

#[test]
fn many_stars_end_soon() {
    assert!(!fits(&"*a".repeat(200), &"b".repeat(20_000)));
}
