//! What plugins say: the schema of a type's data, and data for it.

use std::cell::RefCell;
use std::sync::Arc;

use groma_api::{ApiError, ErrorCode, EventClass, EventDraft, EventTypeRequest, PublishRequest};
use groma_database::{Database, Folder};
use groma_journal::{HistoryRequest, Journal, JournalOptions};
use groma_model::{Epoch, NodeId, PrincipalId, SystemClock};
use groma_seal::{Keyring, Unlock};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::runtime::block;

struct World {
    journal: Arc<Journal>,
    declared: usize,
    _folder: Folder,
    _root: tempfile::TempDir,
}

/// A folder takes so many types; a new one begins long before.
const DECLARED_MAX: usize = 200;

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

fn world() -> World {
    let root = tempfile::tempdir().unwrap();
    let folder = Folder::take(&root.path().join("data")).unwrap();
    let (database, _, _thread) = Database::open(&folder, 1).unwrap();
    let keyring = Keyring::open(folder.path(), &Unlock::KeyFolder(root.path().join("keys")), true).unwrap();
    let options = JournalOptions { node: NodeId::now(), epoch: Epoch::from_millis(5), tail_bytes: 1 << 20 };
    let journal = block(Journal::open(database, Arc::new(keyring), Arc::new(SystemClock), options)).unwrap();
    World { journal, declared: 0, _folder: folder, _root: root }
}

/// The first line is a schema, the second one that takes its place, if there are three; the last is data.
pub(crate) fn run(data: &[u8]) {
    let lines: Vec<&[u8]> = data.splitn(3, |byte| *byte == b'\n').collect();
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
    let Ok(schema) = serde_json::from_slice::<Value>(first) else { return };
    WORLD.with_borrow_mut(|world_of_now| {
        let mut world =
            world_of_now.take().filter(|world| world.declared < DECLARED_MAX).unwrap_or_else(world);
        world.declared += 1;
        let name = format!("groma.custom.fuzz.t{}", world.declared);
        if declare(&world.journal, &name, &schema) {
            if let [_, second, _] = *lines
                && let Ok(second) = serde_json::from_slice::<Value>(second)
            {
                declare(&world.journal, &name, &second);
            }
            publish(&world.journal, name, last);
        }
        *world_of_now = Some(world);
    });
}

fn declare(journal: &Arc<Journal>, name: &str, schema: &Value) -> bool {
    let request = EventTypeRequest {
        name: name.to_owned(),
        schema: schema.clone(),
        class: EventClass::Kept,
        desktop_name: None,
        description: None,
    };
    match block(journal.declare(request.clone(), PrincipalId::now())) {
        Ok(_) => {
            assert_eq!(journal.declared_schema(name).unwrap().as_ref(), Some(schema));
            // The same again changes nothing.
            block(journal.declare(request, PrincipalId::now())).unwrap();
            true
        }
        Err(error) => {
            well_refused(&error);
            false
        }
    }
}

fn publish(journal: &Arc<Journal>, event_type: String, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(data) = RawValue::from_string(text.to_owned()) else { return };
    let request = PublishRequest { events: vec![EventDraft { event_type, subject: None, data }] };
    match block(journal.publish(request, PrincipalId::now())) {
        Ok(published) => {
            let request = HistoryRequest { limit: 1, before: None, ..HistoryRequest::default() };
            let page = block(journal.history(request)).unwrap();
            let envelope = page.frames.last().unwrap().envelope().unwrap();
            assert_eq!(envelope.sequence.as_ref(), published.sequences.last());
            let told = serde_json::to_value(&envelope).unwrap();
            assert_eq!(told["data"], serde_json::from_str::<Value>(text).unwrap());
        }
        Err(error) => well_refused(&error),
    }
}

fn well_refused(error: &ApiError) {
    assert!(!matches!(error.code, ErrorCode::Internal | ErrorCode::StorageFailed), "{error:?}");
    assert!(error.detail.len() < 4000, "{error:?}");
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    crate::texts([
        "{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":1}}}\n{\"a\":1}",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"^(a+)+$\"}}}\n{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"},\"b\":{}}}\n{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"}",
        "{\"$defs\":{\"n\":{\"type\":\"number\",\"multipleOf\":0.1}},\"type\":\"object\",\"additionalProperties\":{\"$ref\":\"#/$defs/n\"}}\n{\"x\":1e308}",
        "{\"$ref\":\"#\"}\n{}",
        "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"oneOf\":[{\"enum\":[{}]},{\"const\":{\"a\":[1,null]}}],\"not\":{\"type\":\"array\"}}\n{\"a\":[1,null]}",
        "{\"type\":\"object\",\"properties\":{\"t\":{\"format\":\"date-time\"}},\"patternProperties\":{\"^x-\":{\"maxLength\":3}},\"dependentRequired\":{\"a\":[\"b\"]},\"unevaluatedProperties\":false}\n{\"t\":\"2026-11-21T15:00:00Z\",\"x-a\":\"abcd\"}",
    ])
}
