//! The shortest request that has everything it must have.

use serde_json::{Map, Value, json};

/// How deep examples go: schemas may contain themselves.
const DEPTH_MAX: usize = 5;

/// Returns a value that fits `schema`; `schemas` are those that it may refer to.
pub(super) fn example(schema: &Value, schemas: &Map<String, Value>) -> Value {
    of(schema, schemas, 0)
}

fn of(schema: &Value, schemas: &Map<String, Value>, depth: usize) -> Value {
    if depth > DEPTH_MAX {
        return Value::Null;
    }
    if let Some(name) = super::schema::target(schema) {
        return schemas.get(name).map_or(Value::Null, |schema| of(schema, schemas, depth + 1));
    }
    for known in ["example", "default", "const"] {
        if let Some(value) = schema.get(known) {
            return value.clone();
        }
    }
    if let Some(first) = schema["enum"].as_array().and_then(|words| words.first()) {
        return first.clone();
    }
    if let Some(first) = schema["oneOf"].as_array().and_then(|kinds| kinds.first()) {
        return of(first, schemas, depth + 1);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(fields) = of(part, schemas, depth + 1) {
                whole.extend(fields);
            }
        }
        return Value::Object(whole);
    }
    match kind(schema) {
        "object" => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let fields = required.map(|name| {
                let field = &schema["properties"][name];
                (name.to_owned(), of(field, schemas, depth + 1))
            });
            Value::Object(fields.collect())
        }
        "array" => match schema.get("items") {
            Some(items) if schema["minItems"].as_u64() != Some(0) => json!([of(items, schemas, depth + 1)]),
            _ => json!([]),
        },
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        "boolean" => json!(true),
        "string" => match schema["format"].as_str() {
            Some("uuid") => json!("01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77"),
            Some("date-time") => json!("2026-01-31T12:00:00Z"),
            Some("uri") => json!("https://example.com/"),
            _ => json!("…"),
        },
        _ => Value::Null,
    }
}

fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default()
        }
        _ if schema.get("properties").is_some() => "object",
        _ => "",
    }
}
