//! Whether programs that read data by an older JSON Schema can go on reading what a newer one describes.
//!
//! The question is asked from the reader's side: everything that the newer schema allows to be sent must be something
//! that the older one led readers to expect. So this is compatible: a new field, a field that becomes certain, a type,
//! format, bound or set of words that becomes narrower. This is a break, and needs a new event type:
//!
//! - a field goes, whether it was certain or not: readers would wait for it for ever;
//! - a certain field becomes optional, or may be null;
//! - another or a wider type, format, pattern or bound;
//! - a further word in an enumeration: readers switch over what is written down, and compilers check them for it.
//!
//! Titles, descriptions, examples and other annotations do not count.

mod view;

use std::collections::BTreeSet;

use serde_json::Value;

use view::{Documents, View};

/// Returns what of `new` would break readers of `old`, each with the path of the value at fault (`/diff/[]/path`).
/// Nothing if they can go on.
///
/// References are followed within each document (`#/…`). A keyword that this does not understand must stay as it is.
#[must_use]
pub fn breaking_changes(old: &Value, new: &Value) -> Vec<String> {
    if old == new {
        return Vec::new();
    }
    let (old_document, new_document) = (Documents(old), Documents(new));
    let mut comparison =
        Comparison { old: old_document, new: new_document, open: BTreeSet::new(), effort: EFFORT_MAX };
    let mut breaks = comparison.compare(&[old], &[new], "");
    breaks.sort();
    breaks.dedup();
    breaks
}

/// Schemas that take more steps than these are refused: who wrote them may mean harm.
const EFFORT_MAX: u32 = 50_000;
/// So are those that lead deeper: schemas that contain themselves may do so in rounds of different lengths.
const DEPTH_MAX: usize = 100;

const TOO_INTRICATE: &str = "too intricate to be compared";

/// Where a schema stands in memory, which tells it from all others.
type Place = Vec<*const Value>;

struct Comparison<'a> {
    old: Documents<'a>,
    new: Documents<'a>,
    /// Pairs that are being compared further up: a schema that contains itself.
    open: BTreeSet<(Place, Place)>,
    /// How many more steps may be taken.
    effort: u32,
}

impl<'a> Comparison<'a> {
    /// Compares two schemas; each is given by parts that hold together.
    fn compare(&mut self, old: &[&'a Value], new: &[&'a Value], path: &str) -> Vec<String> {
        let place =
            |parts: &[&'a Value]| parts.iter().map(|part| std::ptr::from_ref(*part)).collect::<Place>();
        let pair = (place(old), place(new));
        if self.open.len() >= DEPTH_MAX {
            return vec![at(path, TOO_INTRICATE)];
        }
        if !self.open.insert(pair.clone()) {
            return Vec::new();
        }
        let breaks = self.compare_views(old, new, path);
        self.open.remove(&pair);
        breaks
    }

    fn compare_views(&mut self, old: &[&'a Value], new: &[&'a Value], path: &str) -> Vec<String> {
        let views = (self.old.views(old, &mut self.effort), self.new.views(new, &mut self.effort));
        let (Ok(expected), Ok(sent)) = views else {
            return vec![at(path, TOO_INTRICATE)];
        };
        let mut breaks = Vec::new();
        for sent in &sent {
            // What may be sent has to fit something that was expected; tell of what comes nearest.
            let mut nearest = vec![at(path, "nothing was allowed here, now something is")];
            let mut distance = usize::MAX;
            for expected in &expected {
                if self.effort == 0 {
                    return vec![at(path, TOO_INTRICATE)];
                }
                self.effort -= 1;
                let other_type = types(expected, sent, path);
                let is_other = !other_type.is_empty();
                let faults = if is_other { other_type } else { self.fit(expected, sent, path) };
                let apart = if is_other { usize::MAX - 1 } else { faults.len() };
                if apart < distance {
                    (nearest, distance) = (faults, apart);
                }
                if distance == 0 {
                    break;
                }
            }
            breaks.extend(nearest);
        }
        breaks
    }

    /// Compares two alternatives of which the types fit.
    fn fit(&mut self, old: &View<'a>, new: &View<'a>, path: &str) -> Vec<String> {
        let mut breaks = words(old, new, path);
        for field in old.required.difference(&new.required) {
            if old.properties.contains_key(field) && !new.properties.contains_key(field) {
                continue;
            }
            breaks.push(at(&step(path, field), "was always there, now it may be left out"));
        }
        for (name, expected) in &old.properties {
            let path = step(path, name);
            match new.properties.get(name) {
                Some(sent) => breaks.extend(self.compare(expected, sent, &path)),
                None => breaks.push(at(&path, "the field is gone")),
            }
        }
        for (name, sent) in new.properties.iter().filter(|(name, _)| !old.properties.contains_key(*name)) {
            breaks.extend(self.compare(&old.other_properties, sent, &step(path, name)));
        }
        breaks.extend(self.compare(&old.other_properties, &new.other_properties, &step(path, "*")));
        if new.may_be("array") {
            breaks.extend(self.compare(&old.items, &new.items, &step(path, "[]")));
        }
        breaks.extend(bounds(old, new, path));
        breaks.extend(rest(old, new, path));
        breaks
    }
}

fn at(path: &str, what: &str) -> String {
    format!("{}: {what}", if path.is_empty() { "/" } else { path })
}

fn step(path: &str, name: &str) -> String {
    format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn types(old: &View<'_>, new: &View<'_>, path: &str) -> Vec<String> {
    let Some(expected) = &old.types else { return Vec::new() };
    let list = |types: &BTreeSet<String>| types.iter().cloned().collect::<Vec<_>>().join(" or ");
    let Some(sent) = &new.types else {
        return vec![at(path, &format!("was {}, now it may be anything", list(expected)))];
    };
    let fits = |name: &String| expected.contains(name) || (name == "integer" && expected.contains("number"));
    match sent.iter().all(fits) {
        true => Vec::new(),
        false => vec![at(path, &format!("was {}, now it may be {}", list(expected), list(sent)))],
    }
}

fn words(old: &View<'_>, new: &View<'_>, path: &str) -> Vec<String> {
    let Some(expected) = &old.words else { return Vec::new() };
    let Some(sent) = &new.words else {
        return vec![at(path, "was one of a closed set, now it may be any other")];
    };
    let further = sent.iter().filter(|word| !expected.contains(word));
    further.map(|word| at(path, &format!("{word} was not in the closed set"))).collect()
}

fn bounds(old: &View<'_>, new: &View<'_>, path: &str) -> Vec<String> {
    let mut breaks = Vec::new();
    for (bounds, sent, lower) in [(&old.lower, &new.lower, true), (&old.upper, &new.upper, false)] {
        for (keyword, expected) in bounds {
            let holds =
                sent.get(keyword).is_some_and(|sent| if lower { sent >= expected } else { sent <= expected });
            if !holds {
                breaks.push(at(path, &format!("`{keyword}` was {expected}, now it is wider or gone")));
            }
        }
    }
    breaks
}

fn rest(old: &View<'_>, new: &View<'_>, path: &str) -> Vec<String> {
    let mut breaks = Vec::new();
    for (keyword, values) in &old.rest {
        let sent = new.rest.get(keyword).map(Vec::as_slice).unwrap_or_default();
        let changed = values.iter().filter(|value| !sent.contains(value));
        breaks.extend(changed.map(|value| at(path, &format!("`{keyword}` was {value}, now it differs"))));
    }
    breaks
}
