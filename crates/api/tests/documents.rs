//! The documents that are made from the code agree with each other and with the events that programs see.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use groma_api::{asyncapi, event_schema, event_schemas, openapi};
use groma_model::{EventType, Payload};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};

fn golden(event_type: &EventType) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../model/tests/golden");
    let text = std::fs::read_to_string(folder.join(format!("{}.json", event_type.name))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Returns a validator that checks formats, too.
fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::draft202012::options().should_validate_formats(true).build(schema).unwrap()
}

#[track_caller]
fn check(schema: &Value, value: &Value, what: &str) {
    let faults: Vec<String> = validator(schema)
        .iter_errors(value)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert_eq!(faults, Vec::<String>::new(), "{what}: {value}");
}

#[test]
fn each_golden_event_fits_the_schema_of_its_data() {
    for known in EventType::ALL {
        let schema = event_schema(known.name).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{}", known.name);
        assert_eq!(schema["$id"], known.schema_path());
        check(&schema, &golden(known)["data"], known.name);
    }
}

#[test]
fn each_golden_event_fits_its_whole_schema_in_both_documents() {
    let openapi = serde_json::to_value(openapi()).unwrap();
    let asyncapi = asyncapi();
    for known in EventType::ALL {
        let payload = &asyncapi["components"]["messages"][known.name]["payload"];
        for (document, name) in [(&openapi, "openapi"), (&asyncapi, "asyncapi")] {
            let mut schema = payload.clone();
            schema["components"] = json!({"schemas": document["components"]["schemas"]});
            check(&schema, &golden(known), &format!("{} in {name}", known.name));
        }
        let mut union = json!({"$ref": "#/components/schemas/GromaEvent"});
        union["components"] = json!({"schemas": openapi["components"]["schemas"]});
        check(&union, &golden(known), "the union of all events");
    }
}

/// What the schema lets be left out stays left out; what it wants is wanted, or written as null.
#[test]
fn schemas_and_code_agree_on_what_may_be_left_out() {
    for known in EventType::ALL {
        let schema = event_schema(known.name).unwrap();
        let schema = validator(&schema);
        let whole = golden(known)["data"].clone();
        for place in places(&whole) {
            let less = remove(&whole, &place);
            let what = format!("{} without {place}", known.name);
            let decoded = Payload::decode(known.name, &to_raw_value(&less).unwrap()).unwrap();
            let written = decoded.map(|payload| serde_json::to_value(payload).unwrap());
            match (schema.is_valid(&less), written) {
                (true, written) => assert_eq!(written.unwrap(), less, "{what}"),
                (false, Ok(written)) => assert_eq!(written.pointer(&place), Some(&Value::Null), "{what}"),
                (false, Err(_)) => {}
            }
        }
        for place in places(&whole) {
            let mut null = whole.clone();
            *null.pointer_mut(&place).unwrap() = Value::Null;
            if !schema.is_valid(&null) {
                continue;
            }
            let decoded = Payload::decode(known.name, &to_raw_value(&null).unwrap()).unwrap();
            assert_eq!(
                serde_json::to_value(decoded.unwrap()).unwrap(),
                null,
                "{} with null at {place}",
                known.name
            );
        }
    }
}

/// Returns JSON pointers of all fields within a value, those of free-form parts left out.
fn places(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let here = format!("{at}/{name}");
                    if !["context", "metadata", "after", "before"].contains(&name.as_str()) {
                        walk(value, &here, found);
                    }
                    found.push(here);
                }
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(n, value)| walk(value, &format!("{at}/{n}"), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

fn remove(value: &Value, place: &str) -> Value {
    let mut less = value.clone();
    let (owner, field) = place.rsplit_once('/').unwrap();
    less.pointer_mut(owner).unwrap().as_object_mut().unwrap().remove(field);
    less
}

#[test]
fn no_schema_forbids_fields_that_may_come_later() {
    for (name, schema) in event_schemas() {
        assert!(!schema.to_string().contains("\"additionalProperties\":false"), "{name}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let documents = event_schemas().into_iter().map(|(name, schema)| (name.to_owned(), schema)).chain([
        ("asyncapi".to_owned(), asyncapi()),
        ("openapi".to_owned(), serde_json::to_value(openapi()).unwrap()),
    ]);
    for (name, document) in documents {
        let mut targets = BTreeSet::new();
        references(&document, &mut targets);
        for target in targets {
            let pointer =
                target.strip_prefix('#').unwrap_or_else(|| panic!("{name} leads outside: {target}"));
            assert!(document.pointer(pointer).is_some(), "{name} leads nowhere: {target}");
        }
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn asyncapi_has_one_message_per_event_type_and_says_what_it_tells() {
    let document = asyncapi();
    let channel = document["channels"]["events"]["messages"].as_object().unwrap();
    assert_eq!(channel.len(), EventType::ALL.len());
    for known in EventType::ALL {
        let message = &document["components"]["messages"][known.name];
        assert_eq!(channel[known.name]["$ref"], format!("#/components/messages/{}", known.name));
        assert_eq!(message["name"], known.name);
        assert!(message["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{message}");
    }
}

#[test]
fn schemas_of_executions_take_what_document_003_gives_and_refuse_the_rest() {
    let schemas = groma_api::execution_schemas();
    let check = |name: &str, value: &serde_json::Value| {
        let schema = jsonschema::validator_for(&schemas[name]).unwrap();
        schema.validate(value).map_err(|error| error.to_string())
    };
    let request = serde_json::json!({
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "command": {"type": "aws_cli", "service": "ec2", "operation": "describe-instances"},
        "env": {"A": "b"},
        "working_dir": null,
        "timeout_ms": 120_000,
        "metadata": {}
    });
    check("execution-request", &request).unwrap();
    let wrong = serde_json::json!({"command": {"type": "exec"}, "timeout": 1});
    assert!(check("execution-request", &wrong).is_err());
    let plan = serde_json::json!({
        "strategy": {"type": "dependency_graph", "max_concurrency": 4},
        "steps": [{"id": "a", "request": request}, {"id": "b", "request": request, "depends_on": ["a"]}]
    });
    check("execution-plan", &plan).unwrap();
    assert!(check("execution-plan", &serde_json::json!({"steps": [{"id": "a"}]})).is_err());
    let result = serde_json::json!({
        "id": "550e8400-e29b-41d4-a716-446655440000", "status": "completed", "exit_code": 0, "signal": null,
        "stdout": "", "stderr": "", "duration": "2.5s", "started_at": "2026-11-21T15:04:05Z",
        "completed_at": "2026-11-21T15:04:07Z", "log_path": null, "truncated": false, "teardown": null, "attempts": 1,
        "lines": 0, "bytes": 0
    });
    check("execution-result", &result).unwrap();
    check("execution-status", &serde_json::json!("timed_out")).unwrap();
}
