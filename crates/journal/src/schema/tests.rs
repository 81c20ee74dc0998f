use proptest::prelude::*;
use serde_json::json;

use super::*;

fn fits(schema: &Value, data: &Value) -> Result<(), Misfit> {
    DataSchema::declare(schema.clone()).unwrap().check(data).unwrap()
}

#[test]
fn data_that_does_not_fit_is_told_by_path_and_rule() {
    let schema = json!({"type": "object", "required": ["size"], "properties": {
        "size": {"$ref": "#/$defs/size"}, "tags": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}}},
        "$defs": {"size": {"type": "integer", "minimum": 0}}});
    assert_eq!(fits(&schema, &json!({"size": 3, "tags": ["a"]})), Ok(()));
    for (data, path, rule) in [
        (json!({"size": "needle"}), "/size", "type"),
        (json!({"size": -1}), "/size", "minimum"),
        (json!({"size": 1, "tags": ["a", "needle!"]}), "/tags/1", "/properties/tags/items/pattern"),
        (json!({}), "", "/required"),
    ] {
        let misfit = fits(&schema, &data).unwrap_err();
        assert_eq!(misfit.path, path);
        assert!(misfit.rule.ends_with(rule), "{misfit:?}");
        assert!(!misfit.what.contains("needle"), "{misfit:?}");
    }
}

#[test]
fn schemas_that_could_do_harm_are_refused() {
    let mut doubling = serde_json::Map::new();
    for level in 0..20 {
        let next = json!({"$ref": format!("#/$defs/d{}", level + 1)});
        doubling.insert(format!("d{level}"), json!({"anyOf": [next, next]}));
    }
    doubling.insert("d20".to_owned(), json!({"type": "string"}));
    let mut deep = json!({"type": "string"});
    for _ in 0..60 {
        deep = json!({"properties": {"a": deep}});
    }
    for (schema, told) in [
        (json!({"$ref": "#"}), "contains itself"),
        (json!({"properties": {"child": {"$ref": "#"}}}), "contains itself"),
        (json!({"$ref": "https://example.com/other.json"}), "within the schema"),
        (json!({"$ref": "file:///etc/passwd"}), "within the schema"),
        (json!({"$ref": "#/$defs/none"}), "there is no"),
        (json!({"$dynamicRef": "#x"}), "$dynamicRef"),
        (json!({"properties": {"a": {"$id": "https://example.com/"}}}), "$id"),
        (json!({"$ref": "#/$defs/d0", "$defs": doubling}), "unfolds"),
        (deep, "deep"),
        (json!({"$schema": "http://json-schema.org/draft-04/schema#"}), "drafts"),
        (json!({"type": "text"}), "/type"),
        (json!({"pattern": "(a{1000}){1000}"}), ""),
        (json!({"pattern": "(?=a)b"}), ""),
        (json!({"pattern": "("}), ""),
        (json!({"description": "x".repeat(BYTES_MAX)}), "bytes"),
        (json!([]), ""),
        (json!(3), ""),
    ] {
        let refusal = DataSchema::declare(schema.clone()).unwrap_err();
        assert!(refusal.contains(told), "{refusal} {schema}");
        assert!(refusal.len() < 1000, "{refusal}");
    }
}

#[test]
fn what_is_there_twice_is_refused_and_what_is_stored_is_one_line() {
    let (value, line) = read("{ \"a\" : [1,\n 2e0 , \"x \\\" \\\\\"],\r\n\t\"b\" : { } }").unwrap();
    assert_eq!(line.get(), r#"{"a":[1,2e0,"x \" \\"],"b":{}}"#);
    assert_eq!(serde_json::from_str::<Value>(line.get()).unwrap(), value);
    for refused in
        [r#"{"a":1,"a":2}"#, r#"{"b":[{"a":1,"\u0061":2}]}"#, "[]", "3", "{} {}", "{", r#"{"a":1e999}"#]
    {
        read(refused).unwrap_err();
    }
    let nested = format!("{}1{}", r#"{"a":"#.repeat(200), "}".repeat(200));
    read(&nested).unwrap_err();
}

fn some_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        prop_oneof![Just("#"), Just("#/properties/a"), Just("object"), Just("string")].prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("properties"),
        Just("items"),
        Just("anyOf"),
        Just("$ref"),
        Just("type"),
        Just("a"),
        Just("enum"),
        Just("required"),
        Just("pattern"),
        Just("$defs"),
        Just("minimum"),
        Just("additionalProperties"),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(name.clone().prop_map(str::to_owned), inner, 0..5)
                .prop_map(|fields| fields.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_refused_or_taken_and_never_harms(schema in some_json(), data in some_json()) {
        if let Ok(schema) = DataSchema::declare(schema) {
            let _ = schema.check(&data).unwrap();
        }
    }

    #[test]
    fn reading_keeps_the_meaning(value in some_json()) {
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        match read(&pretty) {
            Ok((read, line)) => {
                prop_assert_eq!(&read, &value);
                prop_assert!(!line.get().contains('\n'));
                prop_assert_eq!(serde_json::from_str::<Value>(line.get()).unwrap(), value);
            }
            Err(_) => prop_assert!(!value.is_object()),
        }
    }
}
