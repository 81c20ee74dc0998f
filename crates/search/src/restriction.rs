//! A filter made ready for one pass over the catalogue: globs are compared with the tables of texts once, and rows with
//! numbers.

use crate::bitmap::Bitmap;
use crate::catalogue::{Catalogue, Row, Scope};
use crate::filter::{Deleted, Filter};
use crate::fold::fold;
use crate::glob;

/// How many scopes a filter can restrict: all but the segment.
pub(crate) const RESTRICTED: usize = 6;

#[derive(Debug)]
struct TagRule {
    key: u32,
    /// Which pairs fit.
    pairs: Bitmap,
}

/// What of a filter a row does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failing {
    /// Nothing.
    Nothing,
    /// This one scope alone.
    Scope(usize),
    /// Rules for this one key of tags alone.
    Tag(u32),
    /// More than one, or what has no facet.
    More,
}

/// A filter made ready.
#[derive(Debug, Default)]
pub(crate) struct Restriction {
    scopes: [Option<Vec<bool>>; RESTRICTED],
    tags: Vec<TagRule>,
    text: Option<Bitmap>,
    changed_since: Option<i64>,
    seen_before: Option<i64>,
    deleted: Deleted,
}

impl Restriction {
    /// Reads a filter over what the catalogue now holds.
    pub(crate) fn new(filter: &Filter, catalogue: &Catalogue) -> Self {
        let scope = |scope: Scope, patterns: &[String]| {
            if patterns.is_empty() {
                return None;
            }
            let texts = &catalogue.scopes[scope as usize];
            let mut fits = vec![false; texts.len()];
            for (number, text) in texts.iter() {
                fits[number as usize] = patterns.iter().any(|pattern| glob::fits(pattern, text));
            }
            // A document without such a scope fits no pattern, not even a star.
            Some(fits)
        };
        Self {
            scopes: [
                scope(Scope::Kind, &filter.kinds),
                scope(Scope::State, &filter.states),
                scope(Scope::Account, &filter.accounts),
                scope(Scope::Region, &filter.regions),
                scope(Scope::Connection, &filter.connections),
                scope(Scope::Subnet, &filter.subnets),
            ],
            tags: filter
                .tags
                .iter()
                .map(|tag| {
                    let tags = &catalogue.tags;
                    let key = tags.key_number(&tag.key).unwrap_or(u32::MAX);
                    let mut pairs = Bitmap::new(tags.len());
                    let of_key = tags.of(key);
                    let fits =
                        |text: &str| tag.value.as_ref().is_none_or(|pattern| glob::fits(pattern, text));
                    of_key.filter(|(_, text)| fits(text)).for_each(|(pair, _)| pairs.insert(pair));
                    TagRule { key, pairs }
                })
                .collect(),
            text: filter.text.as_deref().map(fold).filter(|text| !text.is_empty()).map(|text| {
                let mut found = Bitmap::new(catalogue.rows.len());
                catalogue.containing(&text, &mut |ordinal, _| found.insert(ordinal));
                found
            }),
            changed_since: filter.changed_since,
            seen_before: filter.seen_before,
            deleted: filter.deleted,
        }
    }

    /// Tells whether a row fits everything.
    pub(crate) fn passes(&self, ordinal: u32, row: &Row) -> bool {
        self.base(ordinal, row)
            && self.scopes.iter().zip(row.scopes).all(|(fits, number)| scope_fits(fits.as_deref(), number))
            && self.tags.iter().all(|rule| tag_fits(rule, row))
    }

    /// Tells what a row does not fit.
    pub(crate) fn failing(&self, ordinal: u32, row: &Row) -> Failing {
        if !self.base(ordinal, row) {
            return Failing::More;
        }
        let mut failing = Failing::Nothing;
        for (at, (fits, number)) in self.scopes.iter().zip(row.scopes).enumerate() {
            if !scope_fits(fits.as_deref(), number) {
                if failing != Failing::Nothing {
                    return Failing::More;
                }
                failing = Failing::Scope(at);
            }
        }
        for rule in self.tags.iter().filter(|rule| !tag_fits(rule, row)) {
            failing = match failing {
                Failing::Nothing => Failing::Tag(rule.key),
                Failing::Tag(key) if key == rule.key => failing,
                _ => return Failing::More,
            };
        }
        failing
    }

    /// Tells whether a row fits what has no facet.
    fn base(&self, ordinal: u32, row: &Row) -> bool {
        let deleted = match self.deleted {
            Deleted::Exclude => !row.deleted,
            Deleted::Include => true,
            Deleted::Only => row.deleted,
        };
        deleted
            && self.changed_since.is_none_or(|since| row.last_changed >= since)
            && self.seen_before.is_none_or(|before| row.last_seen < before)
            && self.text.as_ref().is_none_or(|found| found.contains(ordinal))
    }
}

fn scope_fits(fits: Option<&[bool]>, number: u32) -> bool {
    fits.is_none_or(|fits| fits.get(number as usize).copied().unwrap_or(false))
}

fn tag_fits(rule: &TagRule, row: &Row) -> bool {
    row.tags.iter().any(|&pair| rule.pairs.contains(pair))
}
