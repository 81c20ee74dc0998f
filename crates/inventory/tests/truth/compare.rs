//! Everything that the inventory shows, beside what the model says.

use std::collections::{BTreeMap, BTreeSet};

use groma_api::{Direction, Resource};
use groma_model::change::FieldChange;
use groma_model::thing::SliceState;
use groma_model::{Payload, TaskId, ThingId};
use serde_json::{Map, Value, json};

use crate::model::{Model, kind_of};
use crate::step::{HOSTS, PORTS, THINGS};
use crate::world::{World, slice, slice_of};

pub(crate) async fn all(world: &World, model: &Model, tasks: &[TaskId]) {
    let ids = world.ids();
    let mut living: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for (slot, id) in ids.iter().enumerate() {
        match world.inventory.resource(*id).await {
            Ok(resource) => compare_thing(model, tasks, slot, &resource),
            Err(_) => assert!(!model.things[slot].is_known(), "thing {slot} is lost"),
        }
        if let Some(state) = model.things[slot].living() {
            let state = state.told["state"].as_str().unwrap().to_owned();
            *living.entry(kind_of(slot).to_owned()).or_default().entry(state).or_default() += 1;
        }
        compare_history(world, model, tasks, slot, *id).await;
    }
    let summary = world.inventory.summary().await.unwrap();
    assert_eq!(summary.things, living, "things by kind and state");
    compare_relations(world, model, &ids).await;
    compare_slices(world, model, tasks).await;
    compare_scans(world, model, tasks).await;
    compare_events(world, model, &ids).await;
    compare_tables(world, model).await;
}

fn compare_thing(model: &Model, tasks: &[TaskId], slot: usize, resource: &Resource) {
    let known = &model.things[slot];
    let Some(last) = known.last() else { panic!("thing {slot} is there and was never seen: {resource:?}") };
    assert_eq!(resource.kind, kind_of(slot));
    assert_eq!(resource.deleted_at.is_some(), known.living().is_none(), "thing {slot} is gone, or is not");
    assert_eq!(resource.deleted_at, known.deleted, "when thing {slot} was gone");
    // Of what is gone, what it was is told by its history.
    if known.living().is_some() {
        let mut told = last.told.clone();
        // Which other things it belongs to is compared from both sides.
        for field in ["parent", "relations"] {
            told.as_object_mut().unwrap().remove(field);
        }
        assert_eq!(shown(resource), told, "thing {slot}");
    }
    assert_eq!(resource.first_seen, known.first_seen(), "when thing {slot} was first seen");
    assert_eq!(Some(resource.last_changed), known.last_changed, "when thing {slot} changed last");
    if let Some((at, scan)) = model.last_seen(slot) {
        assert_eq!(
            (resource.last_seen, resource.scan),
            (at, Some(tasks[scan])),
            "when thing {slot} was last seen"
        );
    }
    if !known.was_back && slot < THINGS + HOSTS {
        assert_eq!(resource.readings, known.readings, "readings of thing {slot}");
        if known.living().is_some() {
            let checked = resource.permissions.as_ref().map(|permissions| permissions.checked_at);
            assert_eq!(checked, known.checked, "when the permissions of thing {slot} were checked");
        }
    }
}

/// Returns what of a resource its history tells, but for what it belongs to.
fn shown(resource: &Resource) -> Value {
    let mut resource = resource.clone();
    if let Some(permissions) = &mut resource.permissions {
        permissions.checked_at = groma_model::Timestamp::from_micros(0);
        permissions.user_context.session_expires = None;
    }
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| {
        let empty = value.is_null()
            || value.as_object().is_some_and(Map::is_empty)
            || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            shown.insert(name.to_owned(), value);
        }
    };
    put("state", json!(resource.state));
    put("scope", json!(resource.scope));
    put("name", json!(resource.name));
    put("alias", json!(resource.alias));
    put("identifiers", json!(resource.identifiers));
    put("tags", json!(resource.tags));
    put("attributes", json!(resource.attributes));
    put("permissions", json!(resource.permissions));
    put("constraints", json!(resource.constraints));
    shown.into()
}

/// Each state that history tells, from nothing on and back to nothing.
async fn compare_history(world: &World, model: &Model, tasks: &[TaskId], slot: usize, id: ThingId) {
    let log = &model.things[slot].log;
    let history = world.inventory.resource_history(id, None, None, 1_000).await.unwrap();
    let mut changes = history.changes;
    changes.reverse();
    let heads = |scan: &TaskId| tasks.iter().position(|task| task == scan).unwrap();
    let told: Vec<_> = changes.iter().map(|change| (heads(&change.scan), change.change)).collect();
    let expected: Vec<_> = log.iter().map(|(scan, change, _)| (*scan, *change)).collect();
    assert_eq!(told, expected, "the history of thing {slot}");
    let mut document = Value::Null;
    let mut states = vec![Value::Null];
    for (change, (_, _, after)) in changes.iter().zip(log) {
        assert!(!change.diff.is_empty(), "a change of thing {slot} tells no difference");
        change.diff.iter().for_each(|field| put(&mut document, &field.path, &field.before, &field.after));
        assert_eq!(
            document,
            after.clone().unwrap_or_default(),
            "a state that the history of thing {slot} tells"
        );
        states.push(document.clone());
    }
    for change in changes.iter().rev() {
        assert_eq!(Some(document.clone()), states.pop());
        for FieldChange { path, before, after } in change.diff.iter().rev() {
            put(&mut document, path, after, before);
        }
    }
    assert_eq!(document, Value::Null, "taken back whole, thing {slot} is nothing");
    let now = model.things[slot].living().map(|state| state.told.clone());
    assert_eq!(log.last().and_then(|(_, _, after)| after.clone()), now, "the model is at odds with itself");
}

/// Changes one field of a document, which must be as it was.
fn put(document: &mut Value, path: &str, before: &Value, after: &Value) {
    let (parent, key) = match path.rsplit_once('/') {
        None => {
            assert_eq!(document, before);
            *document = after.clone();
            return;
        }
        Some((parent, key)) => (parent, key.replace("~1", "/").replace("~0", "~")),
    };
    let mut place = document;
    for key in parent.split('/').skip(1) {
        let key = key.replace("~1", "/").replace("~0", "~");
        place = place.as_object_mut().unwrap().entry(key).or_insert_with(|| json!({}));
    }
    let place = place.as_object_mut().unwrap();
    assert_eq!(place.get(&key).unwrap_or(&Value::Null), before, "{path}");
    if after.is_null() {
        place.remove(&key)
    } else {
        place.insert(key, after.clone())
    };
}

async fn compare_relations(world: &World, model: &Model, ids: &[ThingId]) {
    let expected: BTreeSet<_> = model
        .relations()
        .into_iter()
        .map(|(source, kind, target)| (ids[source], kind.to_owned(), ids[target]))
        .collect();
    let mut told = BTreeSet::new();
    for (slot, id) in ids.iter().enumerate() {
        if model.things[slot].living().is_none() {
            continue;
        }
        let relations = world.inventory.relations(*id).await.unwrap();
        assert_eq!(relations.total, relations.relations.len() as u64);
        for relation in relations.relations {
            let (source, target) = match relation.direction {
                Direction::Out => (*id, relation.id),
                Direction::In => (relation.id, *id),
            };
            told.insert((source, relation.kind, target));
        }
    }
    assert_eq!(told, expected, "relations");
}

async fn compare_slices(world: &World, model: &Model, tasks: &[TaskId]) {
    let coverage = world.inventory.coverage(Vec::new(), Vec::new(), 100).await.unwrap();
    assert_eq!(coverage.slices.len(), model.slices.len(), "slices");
    for (number, read) in &model.slices {
        let kind = slice(*number).kind;
        let told = coverage.slices.iter().find(|slice| slice.kind == kind).unwrap();
        assert_eq!(told.state == SliceState::Complete, read.complete, "slice {number}");
        assert_eq!((Some(told.at), told.completed_at), (read.at, read.completed), "slice {number}");
        assert_eq!(told.reason.is_some(), !read.complete, "slice {number}");
        assert!(tasks.contains(&told.scan));
        let things = (0..THINGS)
            .filter(|slot| slice_of(*slot) == Some(*number) && model.things[*slot].living().is_some());
        assert_eq!(told.things, things.count() as u64, "things of slice {number}");
    }
}

async fn compare_scans(world: &World, model: &Model, tasks: &[TaskId]) {
    use groma_model::change::ChangeKind::{Added, Deleted, Updated};
    for (scan, record) in model.scans.iter().enumerate() {
        let told = world.inventory.scan(tasks[scan]).await.unwrap();
        assert_eq!(told.status.ended(), record.ended.is_some(), "scan {scan}");
        assert_eq!(told.discarded, record.discarded, "scan {scan}");
        assert_eq!(told.discards, record.discards.map(|old| tasks[old]), "scan {scan}");
        let Some(summary) = told.summary else { continue };
        let mut things = BTreeMap::new();
        for (slot, known) in model.things.iter().enumerate() {
            for (_, change, _) in known.log.iter().filter(|(by, _, _)| *by == scan) {
                things.entry(slot).or_insert_with(BTreeSet::new).insert(change.as_str());
            }
        }
        let count = |change: &str| things.values().filter(|changes| changes.contains(change)).count() as u64;
        let updated = things.values().filter(|changes| changes.iter().eq([&Updated.as_str()])).count() as u64;
        assert_eq!(
            (summary.added, summary.updated, summary.deleted),
            (count(Added.as_str()), updated, count(Deleted.as_str())),
            "added, updated, deleted of scan {scan}"
        );
        let seen = |seen: &BTreeSet<(usize, usize)>| seen.iter().filter(|(by, _)| *by == scan).count() as u64;
        assert_eq!(
            (summary.hosts_up, summary.ports_open),
            (seen(&model.up), seen(&model.open)),
            "scan {scan}"
        );
    }
}

/// Each change of a thing of a domain whose changes are told here has its event, with the same differences.
async fn compare_events(world: &World, model: &Model, ids: &[ThingId]) {
    let mut told: BTreeMap<ThingId, Vec<Vec<FieldChange>>> = BTreeMap::new();
    for event in world.events().await {
        if let Some(Ok(Payload::EstateResourceChanged(changed))) = event.payload() {
            told.entry(changed.thing_id).or_default().push(changed.diff);
        }
    }
    for (slot, id) in ids.iter().enumerate().take(THINGS) {
        let history = world.inventory.resource_history(*id, None, None, 1_000).await.unwrap();
        let changes: Vec<_> = history.changes.into_iter().rev().map(|change| change.diff).collect();
        let expected = if kind_of(slot).starts_with("aws.") { changes } else { Vec::new() };
        assert_eq!(told.remove(id).unwrap_or_default(), expected, "events of thing {slot}");
    }
    assert!(told.is_empty(), "{} ports have events of their own kind", HOSTS * PORTS);
    let _ = model;
}

/// What SQL shows: rows that no operation shows are looked at as well.
async fn compare_tables(world: &World, model: &Model) {
    let ask = async |sql: &str| world.inventory.query(sql.to_owned(), 1_000).await.unwrap().rows;
    let living = model.things.iter().filter(|known| known.living().is_some()).count();
    let known = model.things.iter().filter(|known| known.is_known()).count();
    let counts = ask("SELECT (SELECT count(*) FROM resources), (SELECT count(*) FROM all_resources)").await;
    assert_eq!(counts, [[json!(living), json!(known)]]);
    let relations = ask("SELECT count(*) FROM relations").await;
    assert_eq!(relations, [[json!(model.relations().len())]], "rows of relations");
    let tagged = model.things.iter().filter_map(|known| known.living()?.told.get("tags"));
    let tags = ask("SELECT count(*) FROM tags").await;
    assert_eq!(tags, [[json!(tagged.count())]]);
}
