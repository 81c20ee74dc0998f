use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Documents as things have them: a field is never null, it is absent instead.
fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z/~]{0,4}".prop_map(Value::from),
        prop::collection::vec(0..3_i32, 0..3).prop_map(Value::from),
    ];
    let inner = leaf.prop_recursive(3, 24, 4, |inner| {
        prop::collection::btree_map("[a-c/~]{1,2}", inner, 1..4)
            .prop_map(|map| Value::Object(map.into_iter().collect()))
    });
    prop::collection::btree_map("[a-c/~]{1,2}", inner, 0..4)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

proptest! {
    #[test]
    fn what_is_taken_back_is_as_before(before in documents(), after in documents()) {
        let mut document = after.clone();
        take_back(&mut document, &between(&before, &after));
        prop_assert_eq!(document, before);
    }

    #[test]
    fn the_same_is_no_difference(document in documents()) {
        prop_assert!(between(&document, &document.clone()).is_empty());
    }
}

#[test]
fn fields_are_told_by_path_with_what_was_and_is() {
    let before = json!({"name": "a", "tags": {"env": "prod", "x/y": "1"}, "list": [1, 2]});
    let after = json!({"name": "b", "tags": {"env": "prod", "team": "t"}, "list": [2]});
    let told: Vec<(String, Value, Value)> = between(&before, &after)
        .into_iter()
        .map(|change| (change.path, change.before, change.after))
        .collect();
    for expected in [
        ("/name", json!("a"), json!("b")),
        ("/tags/x~1y", json!("1"), Value::Null),
        ("/tags/team", Value::Null, json!("t")),
        ("/list", json!([1, 2]), json!([2])),
    ] {
        assert!(told.contains(&(expected.0.to_owned(), expected.1, expected.2)), "{told:?}");
    }
    assert_eq!(told.len(), 4);
}

#[test]
fn what_came_and_what_went_is_told_whole() {
    let thing = json!({"name": "a"});
    let came = between(&Value::Null, &thing);
    assert_eq!(came, [FieldChange { path: String::new(), before: Value::Null, after: thing.clone() }]);
    let mut document = thing;
    take_back(&mut document, &came);
    assert_eq!(document, Value::Null);
}
