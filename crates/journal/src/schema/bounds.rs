//! How much work a schema can make: known before any data is checked against it.

use std::collections::HashMap;

use serde_json::Value;

/// Schemas within schemas, references followed.
const DEPTH_MAX: usize = 48;
/// Schemas in all, each counted as often as it is reached.
const SCHEMAS_MAX: u64 = 5_000;

/// Keywords whose value is a schema.
const ONE: &[&str] = &[
    "not",
    "if",
    "then",
    "else",
    "items",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
];
/// Keywords whose value is a list of schemas.
const LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems", "items"];
/// Keywords whose value holds schemas by name.
const NAMED: &[&str] = &["properties", "patternProperties", "dependentSchemas", "dependencies"];
/// Keywords that would need a schema to be looked for by name.
const REFUSED: &[&str] = &["$dynamicRef", "$recursiveRef"];

/// Refuses a schema that contains itself, refers to elsewhere, or unfolds to very many.
pub(super) fn check(document: &Value) -> Result<(), String> {
    let mut walk = Walk { document, known: HashMap::new() };
    let schemas = walk.count(document, "", 0)?;
    if schemas > SCHEMAS_MAX {
        return Err(format!(
            "the schema unfolds to {schemas} schemas, more than {SCHEMAS_MAX}: use fewer references within references"
        ));
    }
    Ok(())
}

struct Walk<'a> {
    document: &'a Value,
    /// What schemas unfold to, by their place in memory; nothing while one is being walked.
    known: HashMap<*const Value, Option<u64>>,
}

impl<'a> Walk<'a> {
    /// Returns how many schemas one unfolds to.
    fn count(&mut self, schema: &'a Value, path: &str, depth: usize) -> Result<u64, String> {
        let Some(keywords) = schema.as_object() else { return Ok(1) };
        match self.known.get(&std::ptr::from_ref(schema)) {
            Some(Some(known)) => return Ok(*known),
            Some(None) => return Err(format!("{path}: a schema that contains itself is not taken")),
            None => {}
        }
        if depth > DEPTH_MAX {
            return Err(format!("{path}: schemas lie more than {DEPTH_MAX} deep"));
        }
        self.known.insert(std::ptr::from_ref(schema), None);
        if let Some(refused) = REFUSED.iter().find(|refused| keywords.contains_key(**refused)) {
            return Err(format!("{path}: {refused} is not taken: use $ref"));
        }
        if depth > 0 && keywords.get("$id").is_some_and(Value::is_string) {
            return Err(format!("{path}: only the whole schema may have an $id"));
        }
        let mut parts = Vec::new();
        if let Some(reference) = keywords.get("$ref") {
            parts.push((self.target(reference, path)?, "$ref".to_owned()));
        }
        for name in ONE {
            parts.extend(keywords.get(*name).map(|part| (part, (*name).to_owned())));
        }
        for name in LIST {
            let list = keywords.get(*name).and_then(Value::as_array).into_iter().flatten().enumerate();
            parts.extend(list.map(|(at, part)| (part, format!("{name}/{at}"))));
        }
        for name in NAMED {
            let named = keywords.get(*name).and_then(Value::as_object).into_iter().flatten();
            parts.extend(named.map(|(key, part)| (part, format!("{name}/{key}"))));
        }
        let mut schemas = 1_u64;
        for (part, step) in parts {
            let inner = self.count(part, &format!("{path}/{step}"), depth + 1)?;
            schemas = schemas.saturating_add(inner);
        }
        self.known.insert(std::ptr::from_ref(schema), Some(schemas));
        Ok(schemas)
    }

    /// Finds what a reference within the document points at.
    fn target(&self, reference: &Value, path: &str) -> Result<&'a Value, String> {
        let text = reference.as_str().unwrap_or_default();
        let Some(pointer) = text.strip_prefix('#').filter(|at| at.is_empty() || at.starts_with('/')) else {
            return Err(format!(
                "{path}/$ref: only references within the schema are taken, such as #/$defs/name"
            ));
        };
        if pointer.contains('%') {
            return Err(format!("{path}/$ref: a reference with % is not taken: use plain names"));
        }
        self.document.pointer(pointer).ok_or_else(|| format!("{path}/$ref: there is no {text}"))
    }
}
