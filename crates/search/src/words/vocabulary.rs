//! The words there are, and which documents each is in.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::Words;

/// A word longer than this is no word.
const LONGEST: usize = 24;

/// Which documents a word is in: slots, ascending, and in which columns, as bits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct List {
    pub(super) slots: Vec<u32>,
    pub(super) columns: Vec<u8>,
}

impl List {
    /// Returns the columns that the word is in of the document in a slot.
    pub(super) fn columns_of(&self, slot: u32) -> Option<u8> {
        self.slots.binary_search(&slot).ok().and_then(|at| self.columns.get(at)).copied()
    }

    /// Returns all of it.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u8)> {
        self.slots.iter().copied().zip(self.columns.iter().copied())
    }
}

/// Words with their lists, sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Vocabulary {
    pub(super) words: BTreeMap<Box<str>, List>,
}

/// Tells whether a word is kept as one: letters, or a short mix like `ec2`. Others are identifiers, each in few documents,
/// which nobody misspells and of which there are too many.
pub(super) fn is_kept(word: &str) -> bool {
    if word.len() > LONGEST * 4 || word.is_empty() {
        return false;
    }
    let (mut letters, mut digits) = (0, 0);
    for c in word.chars() {
        if c.is_alphabetic() {
            letters += 1;
        } else {
            digits += 1;
        }
    }
    match (letters, digits) {
        (letters, 0) => letters <= LONGEST,
        (0, digits) => digits <= 4,
        (letters, digits) => letters + digits <= 8 && digits <= 3,
    }
}

impl Vocabulary {
    /// Adds the document in a slot, which must be above those before, to a word's list.
    pub(super) fn add(&mut self, word: &str, slot: u32, columns: u8) {
        let list = match self.words.get_mut(word) {
            Some(list) => list,
            None => self.words.entry(word.into()).or_default(),
        };
        list.slots.push(slot);
        list.columns.push(columns);
    }

    /// Returns a word's list.
    pub(super) fn list(&self, word: &str) -> Option<&List> {
        self.words.get(word)
    }

    /// Estimates what it takes of memory.
    pub(super) fn bytes(&self) -> usize {
        let row = size_of::<(Box<str>, List)>() * 4 / 3;
        let words: usize = self.words.keys().map(|word| word.len() + row).sum();
        let lists = self.words.values().map(|list| list.slots.capacity() * 4 + list.columns.capacity());
        words + lists.sum::<usize>()
    }
}

/// What there is now: words of documents that were replaced or removed are still listed for a while.
impl Words {
    /// Returns in how many documents a word is; `None` for one that is not kept.
    pub(super) fn frequency(&self, word: &str) -> Option<usize> {
        is_kept(word).then(|| self.vocabulary.list(word).map_or(0, |list| self.count(list)))
    }

    /// Returns the most frequent words that begin so, the word itself left out.
    pub(super) fn beginning_with(&self, start: &str, limit: usize) -> Vec<&str> {
        let range = self.vocabulary.words.range::<str, _>((Bound::Excluded(start), Bound::Unbounded));
        let mut found: Vec<(&str, usize)> = range
            .take_while(|(word, _)| word.starts_with(start))
            .map(|(word, list)| (&**word, self.count(list)))
            .filter(|(_, count)| *count > 0)
            .collect();
        found.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        found.into_iter().take(limit).map(|(word, _)| word).collect()
    }

    /// Returns the words nearest in spelling, if there are any near enough; of those as near as each other the most
    /// frequent first.
    pub(super) fn near(&self, word: &str, limit: usize) -> Vec<&str> {
        let known = self.vocabulary.words.keys().map(|known| &**known);
        let mut found: Vec<(usize, &str)> = nearest(word, known)
            .into_iter()
            .filter_map(|known| Some((self.frequency(known)?, known)))
            .filter(|(count, _)| *count > 0)
            .collect();
        found.sort_by_key(|&(count, known)| (std::cmp::Reverse(count), known));
        found.into_iter().take(limit).map(|(_, known)| known).collect()
    }
}

/// Returns the words nearest in spelling, all equally near, if they are near enough: one letter off for words of four to
/// seven letters, two above.
pub(super) fn nearest<'a>(word: &str, among: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let length = word.chars().count();
    let farthest = match length {
        0..4 => return Vec::new(),
        4..8 => 1,
        _ => 2,
    };
    if !word.chars().all(char::is_alphabetic) || length > LONGEST {
        return Vec::new();
    }
    let wanted = letters(word);
    let similar = among.filter(|known| {
        // Each letter off changes at most two of those there are.
        known.len().abs_diff(word.len()) <= farthest * 4
            && (letters(known) ^ wanted).count_ones() as usize <= farthest * 2
            && known.chars().all(char::is_alphabetic)
            && known.chars().count() > 2
    });
    let mut found: Vec<(usize, &str)> = similar
        .map(|known| (strsim::damerau_levenshtein(word, known), known))
        .filter(|(distance, _)| *distance <= farthest)
        .collect();
    let best = found.iter().map(|(distance, _)| *distance).min();
    found.retain(|(distance, _)| Some(*distance) == best);
    found.sort_unstable();
    found.into_iter().map(|(_, known)| known).collect()
}

/// Returns which letters a word has, as bits; those of other scripts share them.
fn letters(word: &str) -> u64 {
    word.chars().fold(0, |bits, c| bits | 1 << (u32::from(c) % 64))
}
