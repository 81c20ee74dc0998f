use super::{allow_list, check, expression::satisfied};

#[test]
fn expressions_are_understood() {
    let allowed = |name: &str| matches!(name, "MIT" | "ISC" | "Apache-2.0 WITH LLVM-exception");
    for (expression, expected) in [
        ("MIT", Some(true)),
        ("GPL-3.0", Some(false)),
        ("GPL-3.0 OR MIT", Some(true)),
        ("GPL-3.0/MIT", Some(true)),
        ("GPL-3.0 AND MIT", Some(false)),
        ("MIT AND (GPL-3.0 OR ISC)", Some(true)),
        ("(MIT OR GPL-3.0) AND GPL-3.0", Some(false)),
        ("Apache-2.0 WITH LLVM-exception", Some(true)),
        ("Apache-2.0", Some(false)),
        ("", None),
        ("MIT OR", None),
        ("(MIT", None),
        ("MIT MIT", None),
    ] {
        assert_eq!(satisfied(expression, &allowed), expected, "{expression}");
    }
}

#[test]
fn the_allow_list_is_read() {
    let list = allow_list("[licenses]\nallow = [\n  \"MIT\",\n  \"ISC\"\n]\nother = [\"X\"]").unwrap();
    assert_eq!(list, ["MIT", "ISC"]);
}

#[test]
fn the_workspace_is_allowed() {
    assert_eq!(check(), Ok(()));
}
