//! The JSON Schema (2020-12) of each event's data, from the types that the data is written with.

use std::collections::BTreeMap;

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

/// Returns the schemas of what the execution engine is asked and answers, by name (document 003): `execution-request`
/// and so on.
#[must_use]
pub fn execution_schemas() -> BTreeMap<String, Value> {
    let named = |(name, mut schema): (&str, Value)| {
        let name = format!("execution-{name}");
        if let Some(fields) = schema.as_object_mut() {
            fields.insert("$id".to_owned(), json!(format!("/schemas/{name}/v1")));
        }
        (name, schema)
    };
    groma_execution_types::schemas().into_iter().map(named).collect()
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
