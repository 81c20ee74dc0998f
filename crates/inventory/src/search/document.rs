//! What the index and the language model are told of a thing.

use groma_search::Document;
use serde_json::Value;

use super::UsualName;
use crate::things::Thing;

/// Words of attributes that are taken in, in bytes: more says nothing new of a thing.
const WORDS_MAX: usize = 4_096;
/// How deep attributes are gone into.
const DEPTH_MAX: usize = 6;

/// Returns what the index is told; `version` is the thing's digest.
pub(super) fn document(thing: Thing, version: [u8; 16], usual_name: UsualName) -> Document {
    let mut words = String::new();
    if let Some(name) = usual(&thing, usual_name) {
        words.push_str(name);
    }
    thing.document.attributes.values().for_each(|value| gather(value, DEPTH_MAX, &mut words));
    let Thing { id, kind, state, scope, sighted, deleted, document, .. } = thing;
    let mut identifiers = document.identifiers;
    identifiers.extend(document.alias);
    Document {
        id,
        kind,
        state,
        account: scope.account,
        region: scope.region,
        connection: scope.connection.map(|id| id.to_string()),
        segment: scope.segment.map(|id| id.to_string()),
        subnet: scope.subnet,
        name: document.name,
        identifiers,
        tags: document.tags,
        words,
        first_seen: sighted.first_seen.micros(),
        last_seen: sighted.last_seen.micros(),
        last_changed: sighted.last_changed.micros(),
        deleted: deleted.is_some(),
        version,
    }
}

/// Returns the text whose meaning is the thing's (document 003's recipe: type, name, identifier, tags).
pub(crate) fn text(thing: &Thing, usual_name: UsualName) -> String {
    let document = &thing.document;
    let name = match usual(thing, usual_name) {
        Some(usual) => format!("{usual} {}", document.name),
        None => document.name.clone(),
    };
    let identifier = document.identifiers.first().or(document.alias.as_ref());
    let tags = document.tags.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    groma_embedding::recipe(&thing.kind, &name, identifier.map_or("", String::as_str), tags)
}

fn usual(thing: &Thing, usual_name: UsualName) -> Option<&'static str> {
    thing.port.and_then(|(protocol, port)| usual_name(protocol, port))
}

fn gather(value: &Value, depth: usize, words: &mut String) {
    if depth == 0 || words.len() >= WORDS_MAX {
        return;
    }
    match value {
        Value::String(text) => {
            words.push(' ');
            words.extend(text.chars().take(WORDS_MAX.saturating_sub(words.len())));
        }
        Value::Number(number) => {
            words.push(' ');
            words.push_str(&number.to_string());
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, depth - 1, words)),
        Value::Object(fields) => fields.values().for_each(|value| gather(value, depth - 1, words)),
        Value::Null | Value::Bool(_) => {}
    }
}
