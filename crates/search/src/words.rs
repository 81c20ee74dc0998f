//! The words of all documents: an inverted index, ranked by BM25 over weighted columns.
//!
//! Every document that comes takes a new *slot*, so that lists of slots only ever grow at their end; the slot it had
//! before is given up, and lists are rewritten when many slots were. All that a filter lets pass is ranked, however
//! common the words are. FTS5 was tried for this: its ranking takes about a microsecond per match, which common words
//! of 100,000 documents do not leave time for (ARCHITECTURE.md has the figures). The tests have it judge what matches.

mod columns;
mod parts;
mod plan;
mod rank;
mod vocabulary;

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::document::Document;
pub(crate) use parts::Parts;
pub(crate) use plan::{Class, Plan};
use vocabulary::{List, Vocabulary, is_kept};

/// Marks a slot that was given up, and an ordinal without one.
const NONE: u32 = u32::MAX;
/// Below so many given up nothing is rewritten.
const WASTE: usize = 64;

/// The words of documents by ordinal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    vocabulary: Vocabulary,
    /// Words that are identifiers, by their hash, with the slots of the documents they are in.
    identifiers: BTreeSet<(u64, u32)>,
    /// Whose slot it is.
    owners: Vec<u32>,
    /// How many words the document in a slot has.
    lengths: Vec<u16>,
    /// The slot of an ordinal.
    slots: Vec<u32>,
    given_up: usize,
    /// The sum of the lengths of slots that are in use.
    total: u64,
}

fn hash(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}

impl Words {
    /// Puts a document in, in place of the one of the same ordinal.
    pub(crate) fn replace(&mut self, ordinal: u32, document: &Document) {
        self.remove(ordinal);
        let slot = u32::try_from(self.owners.len()).unwrap_or(NONE);
        let Self { vocabulary, identifiers, .. } = self;
        let count = columns::words_of(document, &mut |word, columns| {
            if is_kept(word) {
                vocabulary.add(word, slot, columns);
            } else {
                identifiers.insert((hash(word), slot));
            }
        });
        if self.slots.len() <= ordinal as usize {
            self.slots.resize(ordinal as usize + 1, NONE);
        }
        self.slots[ordinal as usize] = slot;
        self.owners.push(ordinal);
        let length = u16::try_from(count).unwrap_or(u16::MAX);
        self.lengths.push(length);
        self.total += u64::from(length);
    }

    /// Takes a document out.
    pub(crate) fn remove(&mut self, ordinal: u32) {
        let Some(slot) = self.slot(ordinal) else { return };
        self.slots[ordinal as usize] = NONE;
        self.owners[slot as usize] = NONE;
        self.total -= u64::from(self.lengths[slot as usize]);
        self.given_up += 1;
        if self.given_up > WASTE && self.given_up > self.owners.len() / 3 {
            self.rewrite();
        }
    }

    fn slot(&self, ordinal: u32) -> Option<u32> {
        self.slots.get(ordinal as usize).copied().filter(|slot| *slot != NONE)
    }

    /// Returns how many documents there are.
    fn len(&self) -> usize {
        self.owners.len() - self.given_up
    }

    /// Leaves out the slots that were given up, and the words that nothing has any more.
    fn rewrite(&mut self) {
        let mut renamed = vec![NONE; self.owners.len()];
        let (mut owners, mut lengths) = (Vec::new(), Vec::new());
        for (slot, &ordinal) in self.owners.iter().enumerate().filter(|(_, ordinal)| **ordinal != NONE) {
            let new = u32::try_from(owners.len()).unwrap_or(NONE);
            renamed[slot] = new;
            self.slots[ordinal as usize] = new;
            owners.push(ordinal);
            lengths.push(self.lengths[slot]);
        }
        self.vocabulary.words.retain(|_, list| {
            let kept = list.iter().map(|(slot, columns)| (renamed[slot as usize], columns));
            (list.slots, list.columns) = kept.filter(|(slot, _)| *slot != NONE).unzip();
            !list.slots.is_empty()
        });
        let identifiers = std::mem::take(&mut self.identifiers).into_iter();
        let kept = identifiers.map(|(hash, slot)| (hash, renamed[slot as usize]));
        self.identifiers = kept.filter(|(_, slot)| *slot != NONE).collect();
        (self.owners, self.lengths, self.given_up) = (owners, lengths, 0);
    }

    /// Returns how many documents a list is of: its slots, but for those that were given up.
    fn count(&self, list: &List) -> usize {
        if self.given_up == 0 {
            return list.slots.len();
        }
        list.slots.iter().filter(|slot| self.owners[**slot as usize] != NONE).count()
    }

    /// Returns how a query's text is looked up.
    pub(crate) fn plan(&self, text: &str) -> Plan {
        plan::plan(text, self)
    }

    /// Estimates what it takes of memory.
    pub(crate) fn bytes(&self) -> usize {
        // A node of the set is three quarters full.
        let identifiers = self.identifiers.len() * size_of::<(u64, u32)>() * 4 / 3;
        let slots = self.owners.capacity() * 4 + self.lengths.capacity() * 2 + self.slots.capacity() * 4;
        self.vocabulary.bytes() + identifiers + slots
    }
}

#[cfg(test)]
mod tests;
