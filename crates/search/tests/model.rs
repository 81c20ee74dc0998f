//! The index beside a simple model of it: whatever comes, changes and goes, both answer the same.

#![allow(clippy::unwrap_used, reason = "a test's helpers fail like the test itself")]

use std::collections::{BTreeMap, BTreeSet};

use groma_model::ThingId;
use groma_search::{Cursor, Deleted, Document, Filter, Index, Order, Query, Sort, SortKey, TagFilter, Why};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

const KINDS: &[&str] = &["aws.ec2.instance", "aws.ec2.volume", "network.host"];
const STATES: &[&str] = &["", "running", "stopped"];
const ACCOUNTS: &[&str] = &["111111111111", "222222222222"];
const NAMES: &[&str] = &["web", "Web", "prod-web-1", "db", "", "web-1", "ÜBER"];
const IDENTIFIERS: &[&str] = &["10.0.0.1", "10.0.0.12", "i-0a1", "arn:aws:ec2:eu-west-3:1:instance/i-0a1"];

fn id(number: u8) -> ThingId {
    ThingId::from_uuid(Uuid::new_v5(&Uuid::NAMESPACE_OID, &[number]))
}

fn text(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(of).prop_map(str::to_owned)
}

fn documents() -> impl Strategy<Value = Document> {
    let places = (
        text(KINDS),
        text(STATES),
        prop::option::of(text(ACCOUNTS)),
        prop::option::of(text(&["eu-west-3", "us-east-1"])),
        prop::option::of(text(&["subnet-1", "subnet-2"])),
    );
    let names = (
        text(NAMES),
        prop::collection::vec(text(IDENTIFIERS), 0..3),
        prop::collection::btree_map(text(&["env", "team"]), text(&["prod", "dev", ""]), 0..3),
    );
    (0u8..12, places, names, (0i64..4, 0i64..4, 0i64..4), prop::bool::weighted(0.2)).prop_map(
        |(number, (kind, state, account, region, subnet), (name, identifiers, tags), times, deleted)| {
            Document {
                id: id(number),
                kind,
                state,
                account,
                region,
                connection: None,
                segment: None,
                subnet,
                name,
                identifiers,
                tags,
                words: String::new(),
                first_seen: times.0,
                last_seen: times.1,
                last_changed: times.2,
                deleted,
                version: [number; 16],
            }
        },
    )
}

#[derive(Debug, Clone)]
enum Step {
    Upsert(Vec<Document>),
    Remove(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => prop::collection::vec(documents(), 1..4).prop_map(Step::Upsert),
        1 => (0u8..12).prop_map(Step::Remove),
    ];
    prop::collection::vec(step, 1..12)
}

fn filters() -> impl Strategy<Value = Filter> {
    let some = |of: &'static [&'static str]| prop::collection::vec(text(of), 0..2);
    let tag = (text(&["env", "team", "none"]), prop::option::of(text(&["prod", "d*", "?????", "*"])))
        .prop_map(|(key, value)| TagFilter { key, value });
    (
        (
            some(&["aws.ec2.*", "network.host", "*"]),
            some(STATES),
            some(ACCOUNTS),
            some(&["eu-*"]),
            some(&["subnet-?"]),
        ),
        prop::collection::vec(tag, 0..2),
        prop::option::of(text(&["WEB", "10.0", "i-0a1", "über", "zzz", ""])),
        (prop::option::of(0i64..4), prop::option::of(0i64..5)),
        select(&[Deleted::Exclude, Deleted::Include, Deleted::Only][..]),
    )
        .prop_map(|((kinds, states, accounts, regions, subnets), tags, text, times, deleted)| Filter {
            kinds,
            states,
            accounts,
            regions,
            connections: Vec::new(),
            subnets,
            tags,
            text,
            changed_since: times.0,
            seen_before: times.1,
            deleted,
        })
}

fn sorts() -> impl Strategy<Value = Sort> {
    use SortKey::{FirstSeen, Kind, LastChanged, LastSeen, Name, State};
    let keys = select(&[Name, Kind, State, LastChanged, LastSeen, FirstSeen][..]);
    (keys, select(&[Order::Ascending, Order::Descending][..])).prop_map(|(key, order)| Sort { key, order })
}

/// A pattern by trying everything; all texts here are short.
fn glob(pattern: &str, text: &str) -> bool {
    let mut pattern_chars = pattern.chars();
    let rest = pattern_chars.as_str();
    match pattern_chars.next() {
        None => text.is_empty(),
        Some('*') => {
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| glob(&rest[1..], &text[at..]))
        }
        Some(c) => {
            let mut chars = text.chars();
            let here = chars.next();
            here.is_some_and(|here| c == '?' || here == c) && glob(pattern_chars.as_str(), chars.as_str())
        }
    }
}

/// Which facet a check belongs to; none for those that have no facet.
type Check = (Option<String>, bool);

fn checks(filter: &Filter, document: &Document) -> Vec<Check> {
    let scope = |name: &str, patterns: &[String], value: Option<&str>| {
        let value = value.filter(|value| !value.is_empty());
        let fits =
            |value: &str| patterns.iter().any(|pattern| glob(&pattern.to_lowercase(), &value.to_lowercase()));
        (Some(name.to_owned()), patterns.is_empty() || value.is_some_and(fits))
    };
    let mut checks = vec![
        scope("kind", &filter.kinds, Some(&document.kind)),
        scope("state", &filter.states, Some(&document.state)),
        scope("account", &filter.accounts, document.account.as_deref()),
        scope("region", &filter.regions, document.region.as_deref()),
        scope("subnet", &filter.subnets, document.subnet.as_deref()),
    ];
    for tag in &filter.tags {
        let value = document.tags.get(&tag.key);
        let fits = value.is_some_and(|value| tag.value.as_ref().is_none_or(|pattern| glob(pattern, value)));
        checks.push((Some(format!("tag {}", tag.key)), fits));
    }
    let contains = |needle: &String| {
        let needle = needle.to_lowercase();
        document.identifiers.iter().chain([&document.name]).any(|text| text.to_lowercase().contains(&needle))
    };
    let deleted = match filter.deleted {
        Deleted::Exclude => !document.deleted,
        Deleted::Include => true,
        Deleted::Only => document.deleted,
    };
    let others = deleted
        && filter.text.as_ref().is_none_or(contains)
        && filter.changed_since.is_none_or(|since| document.last_changed >= since)
        && filter.seen_before.is_none_or(|before| document.last_seen < before);
    checks.push((None, others));
    checks
}

fn passes(filter: &Filter, document: &Document) -> bool {
    checks(filter, document).iter().all(|(_, fits)| *fits)
}

/// Tells whether all checks fit but those of one facet.
fn passes_without(filter: &Filter, document: &Document, facet: &str) -> bool {
    checks(filter, document).iter().all(|(of, fits)| *fits || of.as_deref() == Some(facet))
}

type Model = BTreeMap<ThingId, Document>;

fn sorted(model: &Model, filter: &Filter, sort: Sort) -> Vec<ThingId> {
    let mut rows: Vec<&Document> = model.values().filter(|document| passes(filter, document)).collect();
    rows.sort_by(|a, b| {
        let keys = match sort.key {
            SortKey::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            SortKey::Kind => a.kind.cmp(&b.kind),
            SortKey::State => a.state.cmp(&b.state),
            SortKey::LastChanged => a.last_changed.cmp(&b.last_changed),
            SortKey::LastSeen => a.last_seen.cmp(&b.last_seen),
            SortKey::FirstSeen => a.first_seen.cmp(&b.first_seen),
        };
        let keys = if sort.order == Order::Descending { keys.reverse() } else { keys };
        keys.then(a.id.cmp(&b.id))
    });
    rows.into_iter().map(|document| document.id).collect()
}

fn apply(step: Step, index: &Index, model: &mut Model) {
    match step {
        Step::Upsert(documents) => {
            documents.iter().for_each(|document| drop(model.insert(document.id, document.clone())));
            index.upsert(documents);
        }
        Step::Remove(number) => {
            model.remove(&id(number));
            index.remove(&[id(number)]);
        }
    }
}

/// Follows the pages of a list; between them, `between` may change something.
fn pages(index: &Index, filter: &Filter, sort: Sort, mut between: impl FnMut()) -> Vec<ThingId> {
    let mut all = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = index.list(filter, sort, after.as_ref(), 2);
        all.extend(page.ids);
        let Some(next) = page.next else { return all };
        after = Some(Cursor::parse(&next.to_string(), sort).unwrap());
        between();
    }
}

fn counted(counts: &[groma_search::Count]) -> BTreeMap<String, usize> {
    counts.iter().map(|count| (count.value.clone(), count.count)).collect()
}

fn expected<'a>(
    model: &'a Model,
    filter: &Filter,
    facet: &str,
    value: impl Fn(&'a Document) -> Option<&'a str>,
) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for document in model.values().filter(|document| passes_without(filter, document, facet)) {
        if let Some(value) = value(document) {
            *counts.entry(value.to_owned()).or_default() += 1;
        }
    }
    counts
}

fn same_facets(index: &Index, model: &Model, filter: &Filter) {
    let facets = index.facets(filter);
    assert_eq!(facets.total, model.values().filter(|document| passes(filter, document)).count());
    assert_eq!(counted(&facets.kinds), expected(model, filter, "kind", |document| Some(&document.kind)));
    assert_eq!(
        counted(&facets.states),
        expected(model, filter, "state", |document| Some(&*document.state).filter(|state| !state.is_empty()))
    );
    assert_eq!(
        counted(&facets.accounts),
        expected(model, filter, "account", |document| document.account.as_deref())
    );
    assert_eq!(
        counted(&facets.regions),
        expected(model, filter, "region", |document| document.region.as_deref())
    );
    assert_eq!(
        counted(&facets.subnets),
        expected(model, filter, "subnet", |document| document.subnet.as_deref())
    );
    for key in ["env", "team"] {
        let found = facets.tags.iter().find(|facet| facet.key == key);
        let found = found.map(|facet| counted(&facet.values)).unwrap_or_default();
        let facet = format!("tag {key}");
        assert_eq!(
            found,
            expected(model, filter, &facet, |document| document.tags.get(key).map(String::as_str))
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn the_index_answers_as_the_model_does(
        steps in steps(), filter in filters(), sort in sorts(), later in steps(), lazy in any::<bool>(),
    ) {
        let index = Index::new();
        let mut model = Model::new();
        for (number, step) in steps.into_iter().enumerate() {
            apply(step, &index, &mut model);
            if number == 1 && !lazy {
                index.build_words();
            }
        }
        index.build_words();
        let all = sorted(&model, &filter, sort);
        let listing = index.list(&filter, sort, None, 100);
        prop_assert_eq!(&listing.ids, &all);
        prop_assert_eq!(listing.total, all.len());
        prop_assert!(listing.next.is_none());
        prop_assert_eq!(&pages(&index, &filter, sort, || ()), &all);
        same_facets(&index, &model, &filter);
        exact_is_first(&index, &model, &filter);

        // Rows that nobody touches are on exactly one page, whatever others do meanwhile.
        let touched: BTreeSet<ThingId> = later.iter().flat_map(|step| match step {
            Step::Upsert(documents) => documents.iter().map(|document| document.id).collect::<Vec<_>>(),
            Step::Remove(number) => vec![id(*number)],
        }).collect();
        let mut rest = later.into_iter();
        let seen = pages(&index, &filter, sort, || {
            if let Some(step) = rest.next() {
                apply(step, &index, &mut model);
            }
        });
        let untouched = |ids: &[ThingId]| -> Vec<ThingId> {
            ids.iter().copied().filter(|id| !touched.contains(id)).collect()
        };
        prop_assert_eq!(untouched(&seen), untouched(&all));
    }
}

/// Names and identifiers that are exactly what was typed come before everything else, by id; what the filter leaves out
/// never comes.
fn exact_is_first(index: &Index, model: &Model, filter: &Filter) {
    for text in ["web", "10.0.0.1", "i-0A1", "ÜBER", "web stopped", "10.0"] {
        let answer =
            index.search(&Query { text, vector: None, nearness: 0.0, filter, limit: 100, explain: true });
        assert!(answer.words_ready);
        let allowed: Vec<&Document> = model.values().filter(|document| passes(filter, document)).collect();
        assert_eq!(answer.allowed, allowed.len());
        let folded = text.to_lowercase();
        let is = |document: &&&Document, words: &[&str]| {
            let mut known = document.identifiers.iter().chain([&document.name]);
            known.any(|known| words.contains(&known.to_lowercase().as_str()))
        };
        let words: Vec<&str> = folded.split(' ').collect();
        let expected: Vec<ThingId> =
            allowed.iter().filter(|document| is(document, &words)).map(|d| d.id).collect();
        let hits: Vec<ThingId> = answer.hits.iter().map(|hit| hit.id).collect();
        assert_eq!(hits[..expected.len()], expected, "{text}");
        for (at, hit) in answer.hits.iter().enumerate() {
            assert!(
                allowed.iter().any(|document| document.id == hit.id),
                "{text}: what the filter leaves out"
            );
            assert_eq!(matches!(hit.why[0], Why::Exact { .. }), at < expected.len());
            assert_eq!(hit.numbers.unwrap().tier == 1, at < expected.len());
        }
        let tiers: Vec<u8> = answer.hits.iter().map(|hit| hit.numbers.unwrap().tier).collect();
        assert!(tiers.is_sorted());
    }
    for document in model.values() {
        let digits = document.id.to_string();
        assert_eq!(index.lookup(&digits), [document.id]);
        assert_eq!(index.lookup(&digits[..13]), [document.id]);
    }
}
