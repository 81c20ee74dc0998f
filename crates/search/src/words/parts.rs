//! Words taken apart and put together, for snapshots.

use super::vocabulary::{List, Vocabulary, is_kept};
use super::{NONE, Words};

/// What words are made of.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// Whose slot it is.
    pub(crate) owners: Vec<u32>,
    /// How many words are in it.
    pub(crate) lengths: Vec<u16>,
    /// Words with slots and columns.
    pub(crate) lists: Vec<(String, Vec<u32>, Vec<u8>)>,
    /// Hashes of identifiers with slots.
    pub(crate) identifiers: Vec<(u64, u32)>,
}

impl Words {
    pub(crate) fn owners(&self) -> &[u32] {
        &self.owners
    }

    pub(crate) fn lengths(&self) -> &[u16] {
        &self.lengths
    }

    pub(crate) fn lists(&self) -> impl ExactSizeIterator<Item = (&str, &[u32], &[u8])> {
        self.vocabulary.words.iter().map(|(word, list)| (&**word, &*list.slots, &*list.columns))
    }

    pub(crate) fn identifiers(&self) -> impl ExactSizeIterator<Item = (u64, u32)> {
        self.identifiers.iter().copied()
    }

    /// Puts words together; `None` when the parts do not fit.
    pub(crate) fn from_parts(parts: Parts, is_there: impl Fn(u32) -> bool) -> Option<Self> {
        let Parts { owners, lengths, lists, identifiers } = parts;
        let mut words = Self::default();
        let count = u32::try_from(owners.len()).ok().filter(|count| *count != NONE)?;
        for (slot, (&ordinal, &length)) in (0..count).zip(owners.iter().zip(&lengths)) {
            if ordinal == NONE {
                words.given_up += 1;
                continue;
            }
            if !is_there(ordinal) || words.slot(ordinal).is_some() {
                return None;
            }
            if words.slots.len() <= ordinal as usize {
                words.slots.resize(ordinal as usize + 1, NONE);
            }
            words.slots[ordinal as usize] = slot;
            words.total += u64::from(length);
        }
        let mut vocabulary = Vocabulary::default();
        for (word, slots, columns) in lists {
            let ascending = slots.is_sorted_by(|a, b| a < b);
            let within = slots.last().is_none_or(|last| *last < count);
            let known = columns.iter().all(|columns| (1..64).contains(columns));
            if !ascending || !within || !known || columns.len() != slots.len() || !is_kept(&word) {
                return None;
            }
            vocabulary.words.insert(word.into(), List { slots, columns });
        }
        if identifiers.iter().any(|(_, slot)| *slot >= count) || lengths.len() != owners.len() {
            return None;
        }
        words.identifiers = identifiers.into_iter().collect();
        Some(Self { vocabulary, owners, lengths, ..words })
    }
}
