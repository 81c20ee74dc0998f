use std::collections::{BTreeMap, BTreeSet};

use groma_model::ThingId;
use rusqlite::Connection;

use super::{Class, WASTE, Words, columns};
use crate::bitmap::Bitmap;
use crate::document::Document;

const NAMES: &[&str] =
    &["prod", "web", "db", "Größe", "orders", "ec2", "webServer2", "10.0.0.7", "i-0a1b2c3d4", "x"];

fn document(random: &mut fastrand::Rng) -> Document {
    let mut some = |count: usize| -> String {
        (0..random.usize(..=count)).map(|_| NAMES[random.usize(..NAMES.len())]).collect::<Vec<_>>().join("-")
    };
    Document {
        id: ThingId::now(),
        kind: "aws.ec2.instance".to_owned(),
        state: String::new(),
        account: None,
        region: None,
        connection: None,
        segment: None,
        subnet: None,
        name: some(2),
        identifiers: vec![some(1), some(1)],
        tags: BTreeMap::from([("team".to_owned(), some(1))]),
        words: some(3),
        first_seen: 0,
        last_seen: 0,
        last_changed: 0,
        deleted: false,
        version: [0; 16],
    }
}

/// What FTS5 finds for any of the terms.
fn judged(fts: &Connection, terms: &[&str]) -> BTreeSet<u32> {
    let terms: Vec<String> = terms.iter().map(|term| format!("\"{term}\"")).collect();
    if terms.is_empty() {
        return BTreeSet::new();
    }
    let mut select = fts.prepare("SELECT rowid FROM words WHERE words MATCH ?1").unwrap();
    select.query_map([terms.join(" OR ")], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn fts5_finds_the_same() {
    let mut random = fastrand::Rng::with_seed(3);
    let fts = Connection::open_in_memory().unwrap();
    fts.execute_batch(
        "CREATE VIRTUAL TABLE words USING fts5(text, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0')",
    )
    .unwrap();
    let mut words = Words::default();
    for round in 0..400 {
        let ordinal = random.u32(..60);
        if random.usize(..4) == 0 {
            words.remove(ordinal);
            fts.execute("DELETE FROM words WHERE rowid = ?1", [ordinal]).unwrap();
        } else {
            let document = document(&mut random);
            let mut text = String::new();
            columns::words_of(&document, &mut |word, _| text = format!("{text} {word}"));
            words.replace(ordinal, &document);
            fts.execute("REPLACE INTO words (rowid, text) VALUES (?1, ?2)", (ordinal, text)).unwrap();
        }
        let mut allowed = Bitmap::new(60);
        (0..60).filter(|_| random.usize(..3) > 0).for_each(|ordinal| allowed.insert(ordinal));
        let query = format!("{} {}", NAMES[random.usize(..NAMES.len())], NAMES[random.usize(..NAMES.len())]);
        let plan = words.plan(&query);
        let terms: Vec<&str> = plan.terms.iter().map(|term| term.phrase.as_str()).collect();
        let found: BTreeSet<u32> =
            words.rank(&plan, &allowed).into_iter().map(|(ordinal, _)| ordinal).collect();
        let expected: BTreeSet<u32> =
            judged(&fts, &terms).into_iter().filter(|ordinal| allowed.contains(*ordinal)).collect();
        assert_eq!(found, expected, "round {round}, `{query}`");
        for ordinal in found.into_iter().take(3) {
            let has: Vec<&str> = words.terms_in(&plan, ordinal).into_iter().map(|at| terms[at]).collect();
            let each = terms.iter().copied().filter(|term| judged(&fts, &[term]).contains(&ordinal));
            assert_eq!(has, each.collect::<Vec<_>>());
        }
    }
}

#[test]
fn what_is_replaced_often_is_rewritten_and_found_as_before() {
    let mut random = fastrand::Rng::with_seed(4);
    let mut words = Words::default();
    let mut last = BTreeMap::new();
    for _ in 0..4_000 {
        let ordinal = random.u32(..50);
        let document = document(&mut random);
        words.replace(ordinal, &document);
        last.insert(ordinal, document);
    }
    assert!(words.owners.len() <= 2 * WASTE, "nothing was rewritten");
    let mut anew = Words::default();
    last.iter().for_each(|(ordinal, document)| anew.replace(*ordinal, document));
    words.rewrite();
    let mut allowed = Bitmap::new(50);
    (0..50).for_each(|ordinal| allowed.insert(ordinal));
    for text in NAMES {
        let by_ordinal = |words: &Words| -> BTreeMap<u32, u32> {
            words
                .rank(&words.plan(text), &allowed)
                .into_iter()
                .map(|(ordinal, score)| (ordinal, score.to_bits()))
                .collect()
        };
        assert_eq!(by_ordinal(&words), by_ordinal(&anew), "{text}");
    }
}

#[test]
fn unknown_words_are_corrected_and_the_last_is_finished() {
    let mut words = Words::default();
    for (ordinal, name) in (0u32..).zip(["production-database", "postgres", "paris", "kubernetes"]) {
        words.replace(
            ordinal,
            &Document { name: name.to_owned(), ..document(&mut fastrand::Rng::with_seed(0)) },
        );
    }
    let corrected = |text: &str| -> Vec<String> {
        words.plan(text).corrected.into_iter().map(|correction| correction.taken_as).collect()
    };
    assert_eq!(corrected("postgras"), ["postgres"]);
    assert_eq!(corrected("pqris"), ["paris"]);
    assert!(corrected("pariss").is_empty(), "a plural, as far as anybody knows");
    assert_eq!(corrected("prodcution web"), ["production"]);
    assert_eq!(corrected("kubernets databse"), ["kubernetes", "database"]);
    assert!(corrected("pq12 abc zzzzzzzz").is_empty());
    let plan = words.plan("databases kuber");
    assert!(plan.terms.iter().any(|term| term.phrase == "kubernetes" && term.class == Class::Form));
    assert!(plan.terms.iter().any(|term| term.phrase == "database" && term.class == Class::Form));
}
