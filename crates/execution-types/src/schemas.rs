//! JSON Schemas (2020-12) of what is asked and answered, for editors and other languages.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::{ExecutionEvent, ExecutionPlan, ExecutionRequest, ExecutionResult, ExecutionStatus};

/// Returns the schemas of `request`, `result`, `status`, `event` and `plan`. Each stands alone: what it refers to is in
/// its `$defs`. Requests and plans forbid fields that they do not name; answers may grow.
#[must_use]
pub fn schemas() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("event", of::<ExecutionEvent>("event")),
        ("plan", closed(of::<ExecutionPlan>("plan"))),
        ("request", closed(of::<ExecutionRequest>("request"))),
        ("result", of::<ExecutionResult>("result")),
        ("status", of::<ExecutionStatus>("status")),
    ])
}

/// Forbids unknown fields everywhere, as reading does; the derive knows that of structs, not of an enum's variants.
fn closed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(fields) => {
            if fields.contains_key("properties") && !fields.contains_key("additionalProperties") {
                fields.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            fields.values_mut().for_each(|value| *value = closed(value.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| *value = closed(value.take())),
        _ => {}
    }
    schema
}

fn of<T: ToSchema>(name: &str) -> Value {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let parts: Map<String, Value> = parts.into_iter().map(|(name, part)| (name, local(&part))).collect();
    let mut schema = local(&T::schema());
    if let Some(fields) = schema.as_object_mut() {
        fields.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        fields.insert("$id".to_owned(), json!(format!("/schemas/execution/{name}.json")));
        if !parts.is_empty() {
            fields.insert("$defs".to_owned(), Value::Object(parts));
        }
    }
    schema
}

/// Returns a schema whose references lead into the same document.
fn local(schema: &RefOr<Schema>) -> Value {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    relink(&mut value);
    value
}

fn relink(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(target) if name == "$ref" => {
                        *target = target.replace("#/components/schemas/", "#/$defs/");
                    }
                    other => relink(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(relink),
        _ => {}
    }
}
