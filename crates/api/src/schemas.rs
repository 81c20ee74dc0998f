//! The JSON Schema (2020-12) of each event's data, from the types that the data is written with.

use std::collections::BTreeMap;

use groma_execution_types::{
    ExecutionEvent, ExecutionPlan, ExecutionRequest, ExecutionResult, ExecutionStatus,
};
use groma_model::{EventType, Payload, SchemaVisitor};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::absent::without_null;

/// Returns the schema of the data of one of Groma's own event types; `None` for others.
#[must_use]
pub fn event_schema(event_type: &str) -> Option<Value> {
    event_schemas().remove(event_type)
}

/// Returns the schemas of all of Groma's own event types, by name. Each stands alone: what it refers to is in its
/// `$defs`. Fields may be added later, so none forbids fields that it does not name.
#[must_use]
pub fn event_schemas() -> BTreeMap<&'static str, Value> {
    let mut collected = Collected(BTreeMap::new());
    Payload::register_schemas(&mut collected);
    collected.0
}

/// Returns the schemas of what the execution engine is asked and answers, by name (document 003). Requests and plans
/// refuse fields that are not named; results may grow.
#[must_use]
pub fn execution_schemas() -> BTreeMap<&'static str, Value> {
    BTreeMap::from([
        ("execution-request", alone::<ExecutionRequest>("execution-request")),
        ("execution-result", alone::<ExecutionResult>("execution-result")),
        ("execution-status", alone::<ExecutionStatus>("execution-status")),
        ("execution-plan", alone::<ExecutionPlan>("execution-plan")),
        ("execution-event", alone::<ExecutionEvent>("execution-event")),
    ])
}

/// Returns the schema of a type, with what it refers to in its `$defs`.
fn alone<T: ToSchema>(name: &str) -> Value {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let value = |schema: RefOr<Schema>| {
        let mut value = serde_json::to_value(schema).unwrap_or_default();
        relink(&mut value);
        value
    };
    let parts: Map<String, Value> = parts.into_iter().map(|(name, part)| (name, value(part))).collect();
    let mut schema = value(T::schema());
    if let Some(fields) = schema.as_object_mut() {
        fields.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        fields.insert("$id".to_owned(), json!(format!("/schemas/{name}/v1")));
        fields.insert("title".to_owned(), json!(name));
        if !parts.is_empty() {
            fields.insert("$defs".to_owned(), Value::Object(parts));
        }
    }
    schema
}

struct Collected(BTreeMap<&'static str, Value>);

impl SchemaVisitor for Collected {
    fn event<T: ToSchema + 'static>(&mut self, event_type: &'static EventType) {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        let parts: Map<String, Value> = parts.into_iter().map(|(name, part)| (name, local(part))).collect();
        let mut schema = local(T::schema());
        if let Some(fields) = schema.as_object_mut() {
            fields.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
            fields.insert("$id".to_owned(), json!(event_type.schema_path()));
            fields.insert("title".to_owned(), json!(event_type.name));
            if !parts.is_empty() {
                fields.insert("$defs".to_owned(), Value::Object(parts));
            }
        }
        self.0.insert(event_type.name, schema);
    }
}

/// Returns a schema whose references lead into the same document.
fn local(mut schema: RefOr<Schema>) -> Value {
    without_null(&mut schema);
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
