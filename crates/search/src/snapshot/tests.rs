use groma_model::ThingId;
use proptest::prelude::*;

use super::{SavedVectors, SnapshotError};
use crate::clusters::Clusters;
use crate::{Filter, Index, Query, Sort};

fn index() -> Index {
    let mut random = fastrand::Rng::with_seed(11);
    let clusters = Clusters::new(4, 0.5, &mut random);
    let index = Index::new();
    let ids: Vec<ThingId> = (0..60).map(|_| ThingId::now()).collect();
    let document = |number: usize| crate::Document {
        id: ids[number],
        kind: ["aws.ec2.instance", "network.host"][number % 2].to_owned(),
        state: "running".to_owned(),
        account: (number.is_multiple_of(2)).then(|| "123456789012".to_owned()),
        region: (number.is_multiple_of(2)).then(|| "eu-west-3".to_owned()),
        connection: None,
        segment: (number % 2 == 1).then(|| "home".to_owned()),
        subnet: None,
        name: format!("prod-web-{number}"),
        identifiers: vec![format!("i-0a0b0c0d{number}"), format!("10.0.0.{number}")],
        tags: [("env".to_owned(), format!("e{}", number % 3))].into(),
        words: "größe".to_owned(),
        first_seen: 1,
        last_seen: -2,
        last_changed: i64::try_from(number).unwrap(),
        deleted: number.is_multiple_of(7),
        version: [number as u8; 16],
    };
    index.upsert((0..60).map(document).collect());
    index.build_words();
    index.set_vectors(ids.iter().take(30).map(|id| (*id, clusters.vector(&mut random))).collect());
    index.remove(&ids[40..45]);
    index.upsert(vec![document(3)]);
    index
}

fn saved(index: &Index) -> Vec<u8> {
    let mut bytes = Vec::new();
    index.save(SavedVectors::All, &mut bytes).unwrap();
    bytes
}

#[test]
fn what_is_loaded_answers_as_what_was_saved() {
    let index = index();
    let bytes = saved(&index);
    let loaded = Index::load(&mut &*bytes).unwrap();
    let mut random = fastrand::Rng::with_seed(1);
    let vector = Clusters::new(4, 0.5, &mut random).vector(&mut random);
    let filter = Filter { deleted: crate::Deleted::Include, ..Filter::default() };
    for text in ["web paris", "i-0a0b0c0d3", "grösse größe", "10.0.0", "e1"] {
        let query =
            Query { text, vector: Some(&vector), nearness: 0.0, filter: &filter, limit: 50, explain: true };
        assert_eq!(index.search(&query), loaded.search(&query));
    }
    assert_eq!(index.facets(&filter), loaded.facets(&filter));
    assert_eq!(
        index.list(&filter, Sort::default(), None, 20),
        loaded.list(&filter, Sort::default(), None, 20)
    );
    assert!(loaded.standing().words_ready);
    assert_eq!(saved(&loaded), bytes, "what is saved again is the same");
}

#[test]
fn what_is_there_is_known_by_version_and_vectors_can_be_left_out() {
    let index = index();
    let mut bytes = Vec::new();
    index.save(SavedVectors::None, &mut bytes).unwrap();
    let loaded = Index::load(&mut &*bytes).unwrap();
    let known = loaded.known();
    assert_eq!(known, index.known());
    assert_eq!(known.len(), loaded.standing().documents);
    assert!(known.is_sorted_by_key(|known| known.id));
    assert!(known.iter().any(|known| known.version == [9; 16]) && known.iter().any(|known| known.deleted));
    assert!(known.iter().any(|known| index.has_vector(known.id)));
    assert!(!known.iter().any(|known| loaded.has_vector(known.id)));
}

#[test]
fn other_versions_and_other_bytes_are_told_apart() {
    let bytes = saved(&index());
    let mut other = bytes.clone();
    other[8] = 9;
    assert!(matches!(Index::load(&mut &*other), Err(SnapshotError::Version { found: 9, expected: 2 })));
    assert!(matches!(Index::load(&mut &b"{}"[..]), Err(SnapshotError::Damaged { .. })));
    for length in (0..bytes.len()).step_by(211) {
        assert!(Index::load(&mut &bytes[..length]).is_err(), "cut at {length}");
    }
    let unready = Index::new();
    assert!(matches!(unready.save(SavedVectors::All, &mut Vec::new()), Err(SnapshotError::Unready)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn changed_bytes_are_an_error_or_an_index_that_holds_together(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        static GENUINE: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| saved(&index()));
        let mut bytes = GENUINE.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(loaded) = Index::load(&mut &*bytes) {
            let filter = Filter::default();
            let _ = loaded.search(&Query { text: "web i-0a0b0c0d3 paris", vector: None, nearness: 0.0, filter: &filter, limit: 9, explain: true });
            let page = loaded.list(&filter, Sort::default(), None, 100);
            let _ = loaded.facets(&filter);
            loaded.remove(&page.ids);
            assert_eq!(loaded.list(&filter, Sort::default(), None, 100).total, 0);
        }
    }
}
