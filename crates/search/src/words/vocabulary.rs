//! The words there are, and in how many documents each is: to correct spelling, to finish the last word, and to know
//! which words are in too much.

use std::collections::BTreeMap;

/// Words by how many documents they were counted in. Nothing is counted down: what changes often is counted anew, and
/// shares are taken of all that was ever counted.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: BTreeMap<Box<str>, u32>,
    counted: u32,
    bytes: usize,
}

/// A longer word is no word.
const LONGEST: usize = 24;

/// Tells whether a word is kept: letters, or a short mix like `ec2`. Others are identifiers, each in few documents.
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
    /// Counts the words of one document, each once.
    pub(super) fn count(&mut self, columns: &[String]) {
        let mut words: Vec<&str> =
            columns.iter().flat_map(|column| column.split(' ')).filter(|word| is_kept(word)).collect();
        words.sort_unstable();
        words.dedup();
        self.counted = self.counted.saturating_add(1);
        for word in words {
            if let Some(count) = self.words.get_mut(word) {
                *count = count.saturating_add(1);
            } else {
                self.bytes += word.len() + 32;
                self.words.insert(word.into(), 1);
            }
        }
    }

    /// Returns in how many documents a word was counted; `None` for what is not kept.
    pub(super) fn frequency(&self, word: &str) -> Option<u32> {
        is_kept(word).then(|| self.words.get(word).copied().unwrap_or_default())
    }

    /// Returns how many documents were ever counted.
    pub(super) const fn counted(&self) -> u32 {
        self.counted
    }

    /// Returns the most frequent words that begin so, the word itself left out.
    pub(super) fn beginning_with(&self, start: &str, limit: usize) -> Vec<(&str, u32)> {
        let range =
            self.words.range::<str, _>((std::ops::Bound::Excluded(start), std::ops::Bound::Unbounded));
        let mut found: Vec<(&str, u32)> = range
            .take_while(|(word, _)| word.starts_with(start))
            .map(|(word, count)| (&**word, *count))
            .collect();
        found.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        found.truncate(limit);
        found
    }

    /// Returns the words nearest in spelling, if there are any near enough: one letter off for words of four to seven
    /// letters, two above.
    pub(super) fn near(&self, word: &str, limit: usize) -> Vec<(&str, u32)> {
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
        let mut found: Vec<(usize, &str, u32)> = self
            .words
            .iter()
            .filter(|(known, _)| {
                // Each letter off changes at most two of those there are.
                known.len().abs_diff(word.len()) <= farthest * 4
                    && (letters(known) ^ wanted).count_ones() as usize <= farthest * 2
                    && known.chars().all(char::is_alphabetic)
            })
            .map(|(known, count)| (strsim::damerau_levenshtein(word, known), &**known, *count))
            .filter(|(distance, known, _)| *distance <= farthest && known.chars().count() > 2)
            .collect();
        found.sort_by_key(|&(distance, known, count)| (distance, std::cmp::Reverse(count), known));
        let nearest = found.first().map(|(distance, ..)| *distance);
        let same = found.into_iter().take_while(|(distance, ..)| Some(*distance) == nearest);
        same.take(limit).map(|(_, known, count)| (known, count)).collect()
    }

    /// Returns all words.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, u32)> {
        self.words.iter().map(|(word, count)| (&**word, *count))
    }

    /// Takes words up again.
    pub(super) fn from_entries(entries: Vec<(String, u32)>, counted: u32) -> Self {
        let bytes = entries.iter().map(|(word, _)| word.len() + 32).sum();
        Self {
            words: entries.into_iter().map(|(word, count)| (word.into_boxed_str(), count)).collect(),
            counted,
            bytes,
        }
    }

    /// Estimates what it takes of memory.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Returns which letters a word has, as bits; those of other scripts share them.
fn letters(word: &str) -> u64 {
    word.chars().fold(0, |bits, c| bits | 1 << (u32::from(c) % 64))
}
