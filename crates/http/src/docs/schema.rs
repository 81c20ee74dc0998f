//! Schemas as tables.

use std::fmt::Write;

use serde_json::Value;

use super::html::{escape, prose};

/// Returns the name of the schema that a reference leads to.
pub(super) fn target(schema: &Value) -> Option<&str> {
    let reference = schema["$ref"].as_str()?;
    reference.rsplit('/').next()
}

/// Returns what kind of value a schema wants, with links to other schemas.
pub(super) fn kind(schema: &Value) -> String {
    if let Some(name) = target(schema) {
        return format!("<a href=\"#schema-{0}\">{0}</a>", escape(name));
    }
    for (key, word) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        if let Some(kinds) = schema[key].as_array() {
            let kinds: Vec<_> = kinds.iter().map(kind).collect();
            return kinds.join(word);
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<_> =
            words.iter().map(|word| format!("<code>{}</code>", escape(&word.to_string()))).collect();
        return words.join(" ");
    }
    if let Some(value) = schema.get("const") {
        return format!("<code>{}</code>", escape(&value.to_string()));
    }
    let name = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "any value".to_owned(),
    };
    let mut text = escape(&name);
    if name.starts_with("array") && schema.get("items").is_some() {
        text = format!("list of {}", kind(&schema["items"]));
    } else if schema["additionalProperties"].is_object() {
        text = format!("map to {}", kind(&schema["additionalProperties"]));
    } else if let Some(format) = schema["format"].as_str().filter(|format| !format.starts_with("int")) {
        // Writing into a String does not fail.
        write!(text, " <small>{}</small>", escape(format)).ok();
    }
    text.push_str(&bounds(schema));
    text
}

/// Returns the limits of a value.
fn bounds(schema: &Value) -> String {
    let words = [
        ("minimum", "≥"),
        ("maximum", "≤"),
        ("minLength", "length ≥"),
        ("maxLength", "length ≤"),
        ("minItems", "items ≥"),
        ("maxItems", "items ≤"),
        ("default", "default"),
    ];
    let told: Vec<_> = words
        .iter()
        .filter_map(|(key, word)| {
            schema.get(*key).map(|value| format!("{word} {}", escape(&value.to_string())))
        })
        .collect();
    if told.is_empty() { String::new() } else { format!(" <small>{}</small>", told.join(", ")) }
}

/// Returns the fields of an object as a table; for other schemas, what kind of value they want.
pub(super) fn fields(schema: &Value) -> String {
    let mut out = String::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        out.push_str(&fields(part));
    }
    let kinds = schema["oneOf"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (at, part) in kinds.iter().enumerate() {
        let or = match (kinds.len(), at) {
            (1, _) => "",
            (_, 0) => "Either: ",
            _ => "Or: ",
        };
        let about = part["description"].as_str().map(prose).unwrap_or_default();
        write!(out, "<p class=\"or\">{or}{about}</p>{}", fields(part)).ok();
    }
    if !out.is_empty() {
        return out;
    }
    let Some(properties) = schema["properties"].as_object().filter(|fields| !fields.is_empty()) else {
        return format!("<p>{}</p>", kind(schema));
    };
    let required: Vec<_> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    out.push_str("<table><thead><tr><th>Field<th>Kind<th>Meaning</thead><tbody>");
    for (name, field) in properties {
        let must = if required.contains(&name.as_str()) { "" } else { " class=\"optional\"" };
        let about = field["description"].as_str().map(prose).unwrap_or_default();
        write!(out, "<tr{must}><td><code>{}</code><td>{}<td>{about}", escape(name), kind(field)).ok();
    }
    out.push_str("</tbody></table>");
    out
}
