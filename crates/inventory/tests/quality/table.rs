//! The table of what people look for.

use groma_search::Filter;

use crate::labels;

/// A line of it.
pub(crate) struct Line {
    pub(crate) class: &'static str,
    pub(crate) query: &'static str,
    pub(crate) right: &'static str,
    pub(crate) filter: Filter,
}

pub(crate) fn read(text: &'static str) -> Vec<Line> {
    text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).map(line).collect()
}

fn line(text: &'static str) -> Line {
    let mut parts = text.split(" | ").map(str::trim);
    let mut part = || parts.next().unwrap_or_else(|| panic!("a part is missing: {text}"));
    let (class, query, right) = (part(), part(), part());
    let mut filter = Filter::default();
    for (key, value) in labels::pairs(parts.next().unwrap_or_default()) {
        match key.as_str() {
            "kind" => filter.kinds.push(value),
            "account" => filter.accounts.push(value),
            "region" => filter.regions.push(value),
            "state" => filter.states.push(value),
            _ => panic!("there is no such filter: {text}"),
        }
    }
    Line { class, query, right, filter }
}
