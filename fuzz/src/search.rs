//! What the search index reads: what somebody typed, and snapshots that were damaged.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use groma_model::ThingId;
use groma_search::{Cursor, Deleted, Document, Filter, Index, Query, SavedVectors, Sort, SortKey, TagFilter};
use uuid::Uuid;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let index = Index::new();
    index.upsert((0..40).map(document).collect());
    index.build_words();
    let vectors =
        (0..10u8).map(|number| (id(number), vec![f32::from(number) + 1.0; groma_search::DIMENSIONS]));
    index.set_vectors(vectors.collect());
    index.remove(&[id(7)]);
    index
});

fn id(number: u8) -> ThingId {
    ThingId::from_uuid(Uuid::new_v5(&Uuid::NAMESPACE_OID, &[number]))
}

fn document(number: u8) -> Document {
    let cloud = number.is_multiple_of(2);
    Document {
        id: id(number),
        kind: if cloud { "aws.ec2.instance" } else { "network.host" }.to_owned(),
        state: "running".to_owned(),
        account: cloud.then(|| "123456789012".to_owned()),
        region: cloud.then(|| "eu-west-3".to_owned()),
        connection: None,
        segment: None,
        subnet: None,
        name: format!("prod-web-{number}"),
        identifiers: vec![format!("i-0a0b{number}"), format!("10.0.0.{number}")],
        tags: BTreeMap::from([("env".to_owned(), "production".to_owned())]),
        words: "Größe".to_owned(),
        first_seen: 0,
        last_seen: i64::from(number),
        last_changed: 0,
        deleted: number.is_multiple_of(5),
        version: [number; 16],
    }
}

/// Searches for any text, filters by it, and reads it as a cursor.
pub(crate) fn query(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    let all = Filter { deleted: Deleted::Include, ..Filter::default() };
    let answer =
        INDEX.search(&Query { text, vector: None, nearness: 0.0, filter: &all, limit: 20, explain: true });
    assert!(answer.hits.len() <= 20);
    assert!(answer.hits.iter().all(|hit| !hit.why.is_empty()), "found for no reason: {text:?}");
    assert!(answer.hits.iter().is_sorted_by_key(|hit| hit.numbers.map(|numbers| numbers.tier)));
    assert!(INDEX.lookup(text).is_sorted());
    let filter = Filter {
        kinds: vec![text.to_owned()],
        text: Some(text.to_owned()),
        tags: vec![TagFilter { key: "env".to_owned(), value: Some(text.to_owned()) }],
        ..Filter::default()
    };
    assert_eq!(INDEX.facets(&filter).total, INDEX.list(&filter, Sort::default(), None, 100).ids.len());
    for key in [SortKey::Name, SortKey::LastSeen] {
        let sort = Sort { key, ..Sort::default() };
        if let Ok(cursor) = Cursor::parse(text, sort) {
            assert_eq!(Cursor::parse(&cursor.to_string(), sort), Ok(cursor.clone()));
            let _ = INDEX.list(&all, sort, Some(&cursor), 3);
        }
    }
}

/// Reads a snapshot that may be anything, and uses it.
pub(crate) fn snapshot(data: &[u8]) {
    let mut from = data;
    let Ok(index) = Index::load(&mut from) else { return };
    let all = Filter { deleted: Deleted::Include, ..Filter::default() };
    let _ = index.search(&Query {
        text: "prod web i-0a0b1",
        vector: None,
        nearness: 0.0,
        filter: &all,
        limit: 20,
        explain: true,
    });
    let page = index.list(&all, Sort::default(), None, usize::MAX);
    assert_eq!(page.total, index.standing().documents);
    assert_eq!(index.facets(&all).total, page.total);
    let mut saved = Vec::new();
    index.save(SavedVectors::All, &mut saved).unwrap();
    Index::load(&mut &*saved).unwrap();
    index.upsert(vec![document(1)]);
    index.remove(&page.ids);
}

pub(crate) fn query_seeds() -> Vec<Vec<u8>> {
    crate::texts([
        "production web server",
        "10.0.0.1",
        "i-0a0b1 paris",
        "\"web\" OR * NEAR(a)",
        "prodction",
        "*e?-1*",
        "g",
    ])
}

pub(crate) fn snapshot_seeds() -> Vec<Vec<u8>> {
    let mut saved = Vec::new();
    INDEX.save(SavedVectors::All, &mut saved).unwrap();
    let empty = Index::new();
    empty.build_words();
    let mut nothing = Vec::new();
    empty.save(SavedVectors::All, &mut nothing).unwrap();
    vec![saved, nothing]
}
