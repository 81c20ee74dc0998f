//! What the maker of the world knows of its things, by which answers are judged.

use std::collections::BTreeMap;

/// What is known of one thing.
pub(crate) type Labels = BTreeMap<String, String>;

/// Reads `a=b c=d`; values have no spaces.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split_whitespace().filter_map(|pair| pair.split_once('=')).map(owned).collect()
}

pub(crate) fn owned((key, value): (&str, &str)) -> (String, String) {
    (key.trim().to_owned(), value.trim().to_owned())
}

/// Tells whether a thing fits what a line of the table says is right.
pub(crate) fn fit(right: &str, labels: &Labels) -> bool {
    right.split(" / ").any(|all| {
        pairs(all).iter().all(|(key, values)| {
            let known = labels.get(key);
            known.is_some_and(|known| values.split(',').any(|value| glob(value, known)))
        })
    })
}

/// One star, at either end, is enough here.
fn glob(pattern: &str, text: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        _ if pattern == text => true,
        (Some(end), _) => text.ends_with(end),
        (_, Some(start)) => text.starts_with(start),
        _ => false,
    }
}
