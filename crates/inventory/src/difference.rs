//! Differences of JSON documents, field by field, which can be taken back.
//!
//! Objects are gone into; everything else, lists included, is one value: a list of addresses that lost its first would
//! otherwise seem to have changed in every place.

use groma_model::change::FieldChange;
use serde_json::{Map, Value};

/// Returns what is different between two documents, by path (JSON pointers, RFC 6901). A field that is not there is null.
pub(crate) fn between(before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut found = Vec::new();
    compare(&mut String::new(), before, after, &mut found);
    found
}

fn compare(path: &mut String, before: &Value, after: &Value, found: &mut Vec<FieldChange>) {
    if let (Value::Object(old), Value::Object(new)) = (before, after) {
        let gone = old
            .iter()
            .filter(|(key, _)| !new.contains_key(*key))
            .map(|(key, value)| (key, value, &Value::Null));
        let kept = new.iter().map(|(key, value)| (key, old.get(key).unwrap_or(&Value::Null), value));
        for (key, before, after) in gone.chain(kept) {
            let length = path.len();
            path.push('/');
            path.push_str(&key.replace('~', "~0").replace('/', "~1"));
            compare(path, before, after, found);
            path.truncate(length);
        }
    } else if before != after {
        found.push(FieldChange { path: path.clone(), before: before.clone(), after: after.clone() });
    }
}

/// Takes differences back: from the document after them to the one before.
pub(crate) fn take_back(document: &mut Value, diff: &[FieldChange]) {
    for change in diff.iter().rev() {
        put(document, &change.path, &change.before);
    }
}

fn put(document: &mut Value, path: &str, value: &Value) {
    let Some((parent, key)) = path.rsplit_once('/') else {
        *document = value.clone();
        return;
    };
    let key = key.replace("~1", "/").replace("~0", "~");
    let Some(place) = reach(document, parent) else { return };
    match value {
        Value::Null => drop(place.remove(&key)),
        value => drop(place.insert(key, value.clone())),
    }
}

/// Returns the object at `path`, made where there is none.
fn reach<'a>(document: &'a mut Value, path: &str) -> Option<&'a mut Map<String, Value>> {
    let mut place = document;
    for key in path.split('/').skip(1) {
        let key = key.replace("~1", "/").replace("~0", "~");
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        place = place.as_object_mut()?.entry(key).or_insert(Value::Null);
    }
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    place.as_object_mut()
}

#[cfg(test)]
mod tests;
