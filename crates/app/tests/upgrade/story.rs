//! What a history tells: each state that a thing had.

use std::sync::Arc;

use groma_api::{Backend, ResourceHistoryQuery};
use groma_model::change::{ChangeKind, FieldChange};
use groma_model::{TaskId, ThingId};
use serde_json::{Map, Value};

/// One step of a thing's history: by which scan, how, and what the thing was from then on.
pub(crate) type Step = (TaskId, ChangeKind, Value);

/// Reads the history of a thing, oldest first; each difference must follow from the state before.
pub(crate) async fn of(backend: &Arc<dyn Backend>, id: ThingId) -> Vec<Step> {
    let query = ResourceHistoryQuery { limit: Some(1_000), ..ResourceHistoryQuery::default() };
    let mut changes = backend.resource_history(id.to_string(), query).await.unwrap().changes;
    changes.reverse();
    let mut document = Value::Null;
    let mut steps = Vec::new();
    for change in changes {
        assert!(!change.diff.is_empty(), "a change of {id} tells nothing");
        let there = !document.is_null();
        change.diff.iter().for_each(|field| apply(&mut document, field));
        let kind = match (there, document.is_null()) {
            (false, false) => ChangeKind::Added,
            (true, false) => ChangeKind::Updated,
            (true, true) => ChangeKind::Deleted,
            (false, true) => panic!("{id} goes from nothing to nothing"),
        };
        assert_eq!(change.change, kind, "{id}");
        steps.push((change.scan, kind, document.clone()));
    }
    steps
}

fn apply(document: &mut Value, field: &FieldChange) {
    let Some((parent, key)) = field.path.rsplit_once('/') else {
        assert_eq!(*document, field.before, "a change does not follow from the one before");
        *document = field.after.clone();
        return;
    };
    let mut place = document;
    for key in parent.split('/').skip(1) {
        place = place.as_object_mut().unwrap().entry(key).or_insert_with(|| Map::new().into());
    }
    let place = place.as_object_mut().unwrap();
    let before = place.get(key).cloned().unwrap_or_default();
    assert_eq!(before, field.before, "{}: a change does not follow from the one before", field.path);
    match &field.after {
        Value::Null => place.remove(key),
        after => place.insert(key.to_owned(), after.clone()),
    };
}
