//! The JSON Schema of a declared type's data: what may be declared, and whether data fits.
//!
//! Both come from outside. A schema is taken only if checking data against it is bounded by the size of either: no
//! schema that contains itself, no reference to elsewhere, patterns without backtracking.

mod bounds;
mod strict;

use std::sync::OnceLock;

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

pub(crate) use strict::read;

/// The largest schema, in bytes.
pub(crate) const BYTES_MAX: usize = 64 << 10;
/// What the automatons of one pattern may take, in bytes.
const PATTERN_BYTES_MAX: usize = 256 << 10;

/// A schema, and what it was compiled to.
#[derive(Debug)]
pub(crate) struct DataSchema {
    document: Value,
    compiled: OnceLock<Result<Validator, String>>,
}

/// Where data does not fit its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// JSON pointer into the data; empty for the whole.
    pub(crate) path: String,
    /// JSON pointer to the rule in the schema.
    pub(crate) rule: String,
    /// What is wrong; does not repeat the value.
    pub(crate) what: String,
}

impl DataSchema {
    /// Takes a schema of which nothing is known; the error says where it is at fault.
    pub(crate) fn declare(document: Value) -> Result<Self, String> {
        if !document.is_object() {
            return Err("the schema is a JSON object".to_owned());
        }
        let bytes = serde_json::to_vec(&document).map_or(usize::MAX, |json| json.len());
        if bytes > BYTES_MAX {
            return Err(format!("the schema takes {bytes} bytes, more than {BYTES_MAX}"));
        }
        let schema = Self::stored(document);
        match schema.validator() {
            Ok(_) => Ok(schema),
            Err(error) => Err(error.to_owned()),
        }
    }

    /// Takes a schema that was declared before; it is compiled when it is first used.
    pub(crate) const fn stored(document: Value) -> Self {
        Self { document, compiled: OnceLock::new() }
    }

    /// Returns the schema as it was declared.
    pub(crate) const fn document(&self) -> &Value {
        &self.document
    }

    /// Says whether data fits; the outer error says that the schema itself is of no use.
    pub(crate) fn check(&self, data: &Value) -> Result<Result<(), Misfit>, String> {
        let checked = self.validator()?.validate(data);
        Ok(checked.map_err(|error| Misfit {
            path: error.instance_path().to_string(),
            rule: error.schema_path().to_string(),
            what: short(&error.masked().to_string()),
        }))
    }

    fn validator(&self) -> Result<&Validator, &str> {
        self.compiled.get_or_init(|| compile(&self.document)).as_ref().map_err(String::as_str)
    }
}

fn compile(document: &Value) -> Result<Validator, String> {
    bounds::check(document)?;
    let patterns = PatternOptions::regex().size_limit(PATTERN_BYTES_MAX).dfa_size_limit(PATTERN_BYTES_MAX);
    jsonschema::options().with_draft(draft(document)?).with_pattern_options(patterns).build(document).map_err(
        |error| match error.instance_path().to_string() {
            path if path.is_empty() => short(&error.masked().to_string()),
            path => format!("{path}: {}", short(&error.masked().to_string())),
        },
    )
}

fn draft(document: &Value) -> Result<Draft, String> {
    let Some(told) = document.get("$schema") else { return Ok(Draft::Draft202012) };
    match told.as_str().map(|told| told.trim_end_matches('#')) {
        Some("https://json-schema.org/draft/2020-12/schema") => Ok(Draft::Draft202012),
        Some("https://json-schema.org/draft/2019-09/schema") => Ok(Draft::Draft201909),
        Some("http://json-schema.org/draft-07/schema") => Ok(Draft::Draft7),
        _ => Err("/$schema: only the drafts 2020-12, 2019-09 and 7 are known".to_owned()),
    }
}

/// Cuts a text that may contain a large part of a schema.
fn short(text: &str) -> String {
    const CHARACTERS_MAX: usize = 300;
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
