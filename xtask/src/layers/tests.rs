use super::{check, fault};

#[test]
fn arrows_down_are_allowed_and_others_are_not() {
    for (user, used, allowed) in [
        ("groma-api", "groma-model", true),
        ("groma-model", "groma-api", false),
        ("groma-inventory", "groma-journal", true),
        ("groma-journal", "groma-inventory", false),
        ("groma-network", "groma-task", true),
        ("groma-network", "groma-inventory", false),
        ("groma-network", "groma-estate", false),
        ("groma-estate", "groma-aws", true),
        ("groma-http", "groma-app", false),
        ("groma-client", "groma-http", false),
        ("groma", "groma-app", true),
        ("groma", "groma-database", false),
        ("groma-app", "groma", false),
        ("groma-app", "groma-new", false),
        ("groma-bench", "groma-database", true),
    ] {
        assert_eq!(fault(user, used).is_none(), allowed, "{user} → {used}");
    }
}

#[test]
fn the_workspace_keeps_to_its_layers() {
    assert_eq!(check(), Ok(()));
}
