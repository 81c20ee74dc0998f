//! What breaks readers of released schemas, and what does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use groma_api::{breaking_changes, event_schemas};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Expects exactly these breaks.
#[track_caller]
fn check(old: &Value, new: &Value, expected: &[&str]) {
    assert_eq!(breaking_changes(old, new), expected, "from {old} to {new}");
}

fn object(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required})
}

#[test]
fn fields() {
    let old = object(json!({"id": {"type": "string"}, "note": {"type": "string"}}), &["id"]);
    check(&old, &old, &[]);
    let grown = object(
        json!({"id": {"type": "string"}, "note": {"type": "string"}, "more": {"type": "integer"}}),
        &["id"],
    );
    check(&old, &grown, &[]);
    let certain = object(json!({"id": {"type": "string"}, "note": {"type": "string"}}), &["id", "note"]);
    check(&old, &certain, &[]);
    check(&certain, &old, &["/note: was always there, now it may be left out"]);
    check(&old, &object(json!({"id": {"type": "string"}}), &["id"]), &["/note: the field is gone"]);
    check(&old, &object(json!({"note": {"type": "string"}}), &[]), &["/id: the field is gone"]);
}

#[test]
fn types_and_null() {
    let of = |schema: Value| object(json!({"a": schema}), &["a"]);
    let text = of(json!({"type": "string"}));
    check(&text, &of(json!({"type": "integer"})), &["/a: was string, now it may be integer"]);
    check(&text, &of(json!({"type": ["string", "null"]})), &["/a: was string, now it may be null or string"]);
    check(&of(json!({"type": ["string", "null"]})), &text, &[]);
    check(&text, &of(json!({})), &["/a: was string, now it may be anything"]);
    check(&of(json!({})), &text, &[]);
    check(&of(json!({"type": "number"})), &of(json!({"type": "integer"})), &[]);
    check(
        &of(json!({"type": "integer"})),
        &of(json!({"type": "number"})),
        &["/a: was integer, now it may be number"],
    );
    check(
        &of(json!({"const": 1})),
        &of(json!({"type": "integer"})),
        &["/a: was one of a closed set, now it may be any other"],
    );
    check(&text, &of(json!({"const": 1})), &["/a: was string, now it may be integer"]);
}

#[test]
fn closed_sets() {
    let of = |words: Value| json!({"type": "string", "enum": words});
    check(&of(json!(["up", "down"])), &of(json!(["up"])), &[]);
    check(&of(json!(["up"])), &of(json!(["up", "down"])), &[r#"/: "down" was not in the closed set"#]);
    check(&json!({"type": "string"}), &of(json!(["up"])), &[]);
    check(
        &of(json!(["up"])),
        &json!({"type": "string"}),
        &["/: was one of a closed set, now it may be any other"],
    );
}

#[test]
fn formats_and_bounds() {
    check(
        &json!({"type": "string", "format": "uuid"}),
        &json!({"type": "string"}),
        &[r#"/: `format` was "uuid", now it differs"#],
    );
    check(&json!({"type": "string"}), &json!({"type": "string", "format": "uuid"}), &[]);
    check(&json!({"type": "integer", "minimum": 0}), &json!({"type": "integer", "minimum": 1}), &[]);
    check(
        &json!({"type": "integer", "minimum": 0}),
        &json!({"type": "integer"}),
        &["/: `minimum` was 0, now it is wider or gone"],
    );
    check(
        &json!({"type": "string", "maxLength": 5}),
        &json!({"type": "string", "maxLength": 6}),
        &["/: `maxLength` was 5, now it is wider or gone"],
    );
}

#[test]
fn items_and_maps() {
    let list = |items: Value| json!({"type": "array", "items": items});
    check(
        &list(json!({"type": "string"})),
        &list(json!({"type": "boolean"})),
        &["/[]: was string, now it may be boolean"],
    );
    let map = |values: Value| json!({"type": "object", "additionalProperties": values});
    check(&map(json!({"type": "string"})), &map(json!({})), &["/*: was string, now it may be anything"]);
    check(&map(json!(false)), &map(json!(true)), &["/*: nothing was allowed here, now something is"]);
    check(&map(json!(true)), &map(json!(false)), &[]);
    let with_field = json!({"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": {"type": "string"}});
    check(&map(json!({"type": "string"})), &with_field, &["/n: was string, now it may be integer"]);
}

#[test]
fn alternatives_parts_and_references() {
    let either = json!({"oneOf": [
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        {"type": "object", "properties": {"b": {"type": "string"}}, "required": ["b"]},
    ]});
    let only_a = json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]});
    check(&either, &only_a, &[]);
    check(&only_a, &either, &["/a: the field is gone"]);
    // The same said by parts and by a reference is the same.
    let in_parts = json!({
        "allOf": [{"$ref": "#/$defs/A"}, {"type": "object"}],
        "$defs": {"A": {"properties": {"a": {"type": "string"}}, "required": ["a"]}},
    });
    check(&only_a, &in_parts, &[]);
    check(&in_parts, &only_a, &[]);
    // A null that a field may be is only its nearest alternative when it was one before.
    let nullable = |inner: Value| object(json!({"a": {"oneOf": [{"type": "null"}, inner]}}), &["a"]);
    let inner = |fields: Value| object(fields, &[]);
    check(
        &nullable(inner(json!({"x": {"type": "string"}, "y": {"type": "string"}}))),
        &nullable(inner(json!({"x": {"type": "string"}}))),
        &["/a/y: the field is gone"],
    );
}

#[test]
fn a_schema_that_contains_itself() {
    let tree = |leaf: Value| {
        json!({
            "$ref": "#/$defs/Tree",
            "$defs": {"Tree": {"type": "object", "properties": {
                "leaf": leaf, "branches": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
            }}},
        })
    };
    check(&tree(json!({"type": "string"})), &tree(json!({"type": "string", "maxLength": 1})), &[]);
    check(
        &tree(json!({"type": "string"})),
        &tree(json!({"type": "null"})),
        &["/branches/[]/leaf: was string, now it may be null", "/leaf: was string, now it may be null"],
    );
}

#[test]
fn schemas_made_to_keep_us_busy_are_refused_at_once() {
    let endless = json!({"$ref": "#/$defs/A", "$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}]}}});
    let other = json!({"$ref": "#/$defs/A", "$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}, true]}}});
    check(&endless, &other, &["/: too intricate to be compared"]);
    // Each level says the level below twice, so that a step per mention would be 2^30 steps.
    let mut levels: Map<String, Value> = (0..30)
        .map(|n| (format!("L{n}"), json!({"allOf": [{"$ref": format!("#/$defs/L{}", n + 1)}, {"$ref": format!("#/$defs/L{}", n + 1)}]})))
        .collect();
    levels.insert("L30".to_owned(), json!({"type": "string"}));
    let doubled = json!({"$ref": "#/$defs/L0", "$defs": levels});
    check(&json!({"type": "string"}), &doubled, &["/: too intricate to be compared"]);
    // Rounds of 97 and 101 schemas meet again after 9,797 steps down.
    let round = |length: usize| {
        let one = |n: usize| {
            (
                format!("R{n}"),
                json!({"properties": {"next": {"$ref": format!("#/$defs/R{}", (n + 1) % length)}}}),
            )
        };
        json!({"$ref": "#/$defs/R0", "$defs": (0..length).map(one).collect::<Map<_, _>>()})
    };
    let faults = breaking_changes(&round(97), &round(101));
    assert!(
        !faults.is_empty() && faults.iter().all(|fault| fault.ends_with("too intricate to be compared")),
        "{faults:?}"
    );
    // Alternatives within alternatives.
    let mut wide = json!({"type": "string"});
    while wide.to_string().len() < 60_000 {
        let alternative = |n: usize| object(json!({"a": wide.clone(), "n": {"const": n}}), &[]);
        wide = json!({"oneOf": [alternative(0), alternative(1)]});
    }
    let mut other = wide.clone();
    other["oneOf"][1]["properties"]["z"] = json!({"type": "string"});
    other["oneOf"][0]["properties"]["z"] = json!({"type": "string"});
    let _ = breaking_changes(&wide, &other);
}

#[test]
fn every_event_stays_readable_by_those_who_read_it_today() {
    for (name, schema) in event_schemas() {
        assert_eq!(breaking_changes(&schema, &schema), Vec::<String>::new(), "{name}");
        // The same again, so that the comparison cannot be short-cut.
        let mut described = schema.clone();
        described["description"] = json!("in other words");
        assert_eq!(breaking_changes(&schema, &described), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn losing_any_field_of_any_event_is_seen() {
    for (name, schema) in event_schemas() {
        for place in fields_of(&schema) {
            let less = without(&schema, &place);
            assert!(!breaking_changes(&schema, &less).is_empty(), "{name} lost {place}");
        }
    }
}

/// Returns JSON pointers of all fields that a schema describes.
fn fields_of(schema: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let here = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                    if name == "properties"
                        && let Value::Object(properties) = value
                    {
                        found.extend(properties.keys().map(|field| format!("{here}/{field}")));
                    }
                    walk(value, &here, found);
                }
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(n, value)| walk(value, &format!("{at}/{n}"), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(schema, "", &mut found);
    found
}

/// Takes a field out of a schema, and out of what is required beside it.
fn without(schema: &Value, place: &str) -> Value {
    let mut less = schema.clone();
    let (properties, field) = place.rsplit_once('/').unwrap();
    let (owner, _) = properties.rsplit_once('/').unwrap();
    let owner = less.pointer_mut(owner).unwrap();
    owner["properties"].as_object_mut().unwrap().remove(field);
    if let Some(Value::Array(required)) = owner.get_mut("required") {
        required.retain(|name| name != field);
    }
    less
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({"type": "string"})),
        Just(json!({"type": "string", "format": "date-time"})),
        Just(json!({"type": "number"})),
        Just(json!({"type": "boolean"})),
        (0..5_u8).prop_map(|low| json!({"type": "integer", "minimum": low})),
        proptest::sample::subsequence(vec!["up", "down", "paused"], 1..=3)
            .prop_map(|words| json!({"type": "string", "enum": words})),
    ]
}

fn object_of(field: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    proptest::collection::vec((field, any::<bool>()), 1..5).prop_map(|fields| {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for (n, (schema, always)) in fields.into_iter().enumerate() {
            let name = format!("field{n}");
            if always {
                required.push(json!(name));
            }
            properties.insert(name, schema);
        }
        json!({"type": "object", "properties": properties, "required": required})
    })
}

fn schema() -> impl Strategy<Value = Value> {
    let any = leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            object_of(inner.clone()),
            inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            inner.clone().prop_map(|inner| json!({"oneOf": [{"type": "null"}, inner]})),
            inner.prop_map(|inner| json!({"allOf": [inner, {"description": "and nothing more"}]})),
        ]
    });
    object_of(any)
}

proptest! {
    #[test]
    fn nothing_breaks_itself(schema in schema()) {
        let mut described = schema.clone();
        described["title"] = json!("same");
        prop_assert_eq!(breaking_changes(&schema, &described), Vec::<String>::new());
    }

    #[test]
    fn a_further_optional_field_never_breaks(old in schema(), field in schema(), at in any::<prop::sample::Index>()) {
        let places = fields_of(&old);
        let place = at.get(&places);
        let (properties, _) = place.rsplit_once('/').unwrap();
        let mut new = old.clone();
        new.pointer_mut(properties).unwrap()["further"] = field;
        prop_assert_eq!(breaking_changes(&old, &new), Vec::<String>::new());
        prop_assert!(!breaking_changes(&new, &old).is_empty());
    }

    #[test]
    fn losing_a_field_always_breaks(old in schema(), at in any::<prop::sample::Index>()) {
        let places = fields_of(&old);
        let place = at.get(&places);
        prop_assert!(!breaking_changes(&old, &without(&old, place)).is_empty(), "lost {}", place);
    }

    #[test]
    fn a_field_that_may_be_left_out_now_always_breaks(old in schema()) {
        let mut new = old.clone();
        let required = new["required"].as_array_mut().unwrap();
        prop_assume!(!required.is_empty());
        required.pop();
        prop_assert_eq!(breaking_changes(&old, &new).len(), 1);
        prop_assert_eq!(breaking_changes(&new, &old), Vec::<String>::new());
    }

    #[test]
    fn whatever_is_given_is_answered(old in any_json(), new in any_json()) {
        let _ = breaking_changes(&old, &new);
    }
}

/// Anything that could be given for a schema, with keywords in odd places.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("type"),
        Just("properties"),
        Just("required"),
        Just("items"),
        Just("oneOf"),
        Just("allOf"),
        Just("enum"),
        Just("$ref"),
        Just("$defs"),
        Just("minimum"),
        Just("additionalProperties"),
        Just("const"),
        Just("a"),
    ];
    let leaf = prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        Just(json!(false)),
        any::<i32>().prop_map(|n| json!(n)),
        Just(json!("#")),
        Just(json!("#/$defs/a")),
        Just(json!("string")),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec((word.clone(), inner), 0..4).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}
