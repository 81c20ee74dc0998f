//! How many things there are of each kind, in each account, with each tag.

use std::cmp::Reverse;

use crate::catalogue::{Catalogue, Scope};
use crate::interner::Interner;
use crate::restriction::{Failing, RESTRICTED, Restriction};

/// How many values of a facet are told.
const VALUES: usize = 50;
/// How many values of a tag's key are told.
const TAG_VALUES: usize = 20;

/// A value and how many things have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The value.
    pub value: String,
    /// How many things.
    pub count: usize,
}

/// A key of tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagFacet {
    /// The key.
    pub key: String,
    /// How many things have it.
    pub count: usize,
    /// How many values it has among them.
    pub distinct: usize,
    /// Its most frequent values.
    pub values: Vec<Count>,
}

/// Counts of what a filter lets pass, the most frequent values first. Each facet is counted without the restriction
/// on itself, so that it shows what else could be chosen. At most 50 values of each, 20 of a tag's key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// How many things the whole filter lets pass.
    pub total: usize,
    /// By kind.
    pub kinds: Vec<Count>,
    /// By state.
    pub states: Vec<Count>,
    /// By cloud account.
    pub accounts: Vec<Count>,
    /// By cloud region.
    pub regions: Vec<Count>,
    /// By connection.
    pub connections: Vec<Count>,
    /// By subnet.
    pub subnets: Vec<Count>,
    /// By key of tags.
    pub tags: Vec<TagFacet>,
}

/// Counts in one pass.
pub(crate) fn count(catalogue: &Catalogue, restriction: &Restriction) -> Facets {
    let mut scopes: Vec<Vec<usize>> =
        catalogue.scopes[..RESTRICTED].iter().map(|texts| vec![0; texts.len()]).collect();
    let mut pairs = vec![0u32; catalogue.tags.len()];
    let mut total = 0;
    for (ordinal, row) in (0u32..).zip(&catalogue.rows).filter(|(_, row)| row.alive) {
        match restriction.failing(ordinal, row) {
            Failing::Nothing => {
                total += 1;
                for (counts, &number) in scopes.iter_mut().zip(&row.scopes) {
                    counts[number as usize] += 1;
                }
                for &pair in &row.tags {
                    pairs[pair as usize] += 1;
                }
            }
            Failing::Scope(at) => scopes[at][row.scopes[at] as usize] += 1,
            Failing::Tag(key) => {
                for &pair in row.tags.iter().filter(|&&pair| catalogue.tags.key_of(pair) == key) {
                    pairs[pair as usize] += 1;
                }
            }
            Failing::More => {}
        }
    }
    let top = |scope: Scope| values(&catalogue.scopes[scope as usize], &scopes[scope as usize]);
    Facets {
        total,
        kinds: top(Scope::Kind),
        states: top(Scope::State),
        accounts: top(Scope::Account),
        regions: top(Scope::Region),
        connections: top(Scope::Connection),
        subnets: top(Scope::Subnet),
        tags: tags(catalogue, &pairs),
    }
}

/// Returns the most frequent values of a scope; that of documents without one is left out.
fn values(texts: &Interner, counts: &[usize]) -> Vec<Count> {
    let found = texts.iter().map(|(number, text)| (counts[number as usize], text));
    most(found.filter(|(count, _)| *count > 0).collect(), VALUES)
}

fn most(mut found: Vec<(usize, &str)>, limit: usize) -> Vec<Count> {
    let compare = |a: &(usize, &str), b: &(usize, &str)| (Reverse(a.0), a.1).cmp(&(Reverse(b.0), b.1));
    if found.len() > limit {
        found.select_nth_unstable_by(limit - 1, compare);
        found.truncate(limit);
    }
    found.sort_unstable_by(compare);
    found.into_iter().map(|(count, value)| Count { value: value.to_owned(), count }).collect()
}

fn tags(catalogue: &Catalogue, pairs: &[u32]) -> Vec<TagFacet> {
    let tags = &catalogue.tags;
    let mut by_key: Vec<Vec<(usize, u32)>> = vec![Vec::new(); tags.keys()];
    for (pair, &count) in (0u32..).zip(pairs).filter(|(_, count)| **count > 0) {
        by_key[tags.key_of(pair) as usize].push((count as usize, pair));
    }
    let mut keys: Vec<(usize, u32)> = (0u32..)
        .zip(&by_key)
        .filter(|(_, found)| !found.is_empty())
        .map(|(key, found)| (found.iter().map(|(count, _)| count).sum(), key))
        .collect();
    keys.sort_unstable_by_key(|&(count, key)| (Reverse(count), tags.key(key)));
    keys.truncate(VALUES);
    let facet = |(count, key): (usize, u32)| {
        let found = &by_key[key as usize];
        let texts = found.iter().map(|&(count, pair)| (count, tags.value(pair))).collect();
        TagFacet {
            key: tags.key(key).to_owned(),
            count,
            distinct: found.len(),
            values: most(texts, TAG_VALUES),
        }
    };
    keys.into_iter().map(facet).collect()
}
