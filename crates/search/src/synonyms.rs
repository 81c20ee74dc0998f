//! The field's words that mean nearly the same, where regions are, and words that mean nothing. Data, not code.

use std::collections::HashMap;
use std::sync::LazyLock;

const SYNONYMS: &str = include_str!("../data/synonyms.txt");
const REGIONS: &str = include_str!("../data/regions.txt");

/// Words that say nothing about what is looked for.
const STOP: &[&str] = &[
    "a",
    "all",
    "am",
    "an",
    "and",
    "any",
    "anybody",
    "anything",
    "are",
    "as",
    "at",
    "be",
    "belong",
    "belongs",
    "by",
    "can",
    "did",
    "do",
    "does",
    "every",
    "find",
    "for",
    "from",
    "get",
    "give",
    "had",
    "has",
    "have",
    "how",
    "i",
    "in",
    "into",
    "is",
    "it",
    "its",
    "list",
    "many",
    "me",
    "my",
    "of",
    "on",
    "or",
    "our",
    "please",
    "run",
    "runs",
    "search",
    "show",
    "so",
    "somebody",
    "something",
    "that",
    "the",
    "their",
    "them",
    "there",
    "these",
    "they",
    "thing",
    "things",
    "this",
    "those",
    "to",
    "us",
    "use",
    "used",
    "uses",
    "was",
    "we",
    "were",
    "what",
    "whats",
    "where",
    "which",
    "who",
    "whose",
    "will",
    "with",
    "you",
    "your",
];

/// Tells whether a word means nothing by itself.
pub(crate) fn is_stop(word: &str) -> bool {
    STOP.binary_search(&word).is_ok()
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn terms(list: &'static str) -> Vec<&'static str> {
    list.split(',').map(str::trim).collect()
}

static TABLE: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut table: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut lead = |from: &'static str, to: &[&'static str]| {
        let known = table.entry(from).or_default();
        known.extend(to.iter().copied().filter(|term| *term != from));
    };
    for line in lines(SYNONYMS) {
        if let Some((from, to)) = line.split_once('>') {
            lead(from.trim(), &terms(to));
        } else {
            let group = terms(line);
            group.iter().for_each(|from| lead(from, &group));
        }
    }
    for known in table.values_mut() {
        known.sort_unstable();
        known.dedup();
    }
    table
});

static PLACES: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    lines(REGIONS)
        .filter_map(|line| line.split_once('='))
        .map(|(region, to)| (region.trim(), terms(to)))
        .collect()
});

/// Returns what else a word or phrase is called.
pub(crate) fn of(term: &str) -> &'static [&'static str] {
    TABLE.get(term).map_or(&[], Vec::as_slice)
}

/// Returns every word that is called something else as well.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    TABLE.keys().copied().filter(|term| !term.contains(' '))
}

/// Returns what people call a region.
pub(crate) fn places(region: &str) -> &'static [&'static str] {
    PLACES.get(region).map_or(&[], Vec::as_slice)
}

/// Returns the regions that words of a query name, alone or two together.
pub(crate) fn regions(typed: &[String]) -> Vec<&'static str> {
    let names = |place: &str| {
        let pairs = typed.windows(2).any(|pair| {
            place.split_once(' ').is_some_and(|(first, second)| pair[0] == first && pair[1] == second)
        });
        pairs || typed.iter().any(|word| word == place)
    };
    let named = PLACES.iter().filter(|(_, known)| known.iter().any(|place| names(place)));
    named.map(|(region, _)| *region).collect()
}

#[cfg(test)]
mod tests;
