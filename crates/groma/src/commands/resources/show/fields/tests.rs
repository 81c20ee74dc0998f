use serde_json::{Map, Value, json};

use super::{add, stands_against};

#[test]
fn attributes_are_told_by_their_path() {
    let Value::Object(attributes) = json!({
        "cpu": {"cores": 4, "flags": ["a", "b"]},
        "a/b": null,
        "nothing": {},
        "disks": [{"gb": 8}],
    }) else {
        panic!()
    };
    let mut fields = Vec::new();
    add(&mut fields, "attributes", &attributes);
    let told: Map<String, Value> =
        fields.into_iter().map(|(path, value)| (path, Value::String(value))).collect();
    let expected = json!({
        "attributes/cpu/cores": "4",
        "attributes/cpu/flags": "a, b",
        "attributes/a~1b": "null",
        "attributes/nothing": "{}",
        "attributes/disks": "[{\"gb\":8}]",
    });
    assert_eq!(Value::Object(told), expected);
}

#[test]
fn only_what_is_known_of_constraints_is_told() {
    let constraints = serde_json::from_value(json!({
        "can_stop": true, "can_delete": false, "has_backups": false, "reasons": ["it is protected"],
    }));
    assert_eq!(
        stands_against(&constraints.unwrap()),
        "can stop\ncannot be deleted\nhas no backups\nit is protected"
    );
}
