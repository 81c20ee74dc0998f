//! Tags as numbers: one per pair of key and value.

use crate::interner::Interner;

/// Between key and value of an interned pair. Whatever a key contains, the first one ends it.
const BETWEEN: char = '\u{1f}';

/// Pairs of key and value, and the keys.
#[derive(Debug, Default)]
pub(crate) struct Tags {
    pairs: Interner,
    keys: Interner,
    key_of: Vec<u32>,
}

impl Tags {
    /// Returns the number of a pair, which has one user more from here on.
    pub(crate) fn acquire(&mut self, key: &str, value: &str) -> u32 {
        let pair = self.pairs.acquire(&format!("{}{BETWEEN}{value}", key.replace(BETWEEN, " ")));
        let key = self.keys.acquire(&key.replace(BETWEEN, " "));
        if self.key_of.len() <= pair as usize {
            self.key_of.resize(pair as usize + 1, 0);
        }
        self.key_of[pair as usize] = key;
        pair
    }

    /// Lets go of a pair that was acquired.
    pub(crate) fn release(&mut self, pair: u32) {
        self.keys.release(self.key_of(pair));
        self.pairs.release(pair);
    }

    /// Returns the number of a pair's key.
    pub(crate) fn key_of(&self, pair: u32) -> u32 {
        self.key_of.get(pair as usize).copied().unwrap_or_default()
    }

    /// Returns the text of a key.
    pub(crate) fn key(&self, key: u32) -> &str {
        self.keys.text(key)
    }

    /// Returns the value of a pair.
    pub(crate) fn value(&self, pair: u32) -> &str {
        self.pairs.text(pair).split_once(BETWEEN).map_or("", |(_, value)| value)
    }

    /// Returns how many numbers of pairs there are.
    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Returns how many numbers of keys there are.
    pub(crate) fn keys(&self) -> usize {
        self.keys.len()
    }

    /// Returns the number of a key that is in use.
    pub(crate) fn key_number(&self, key: &str) -> Option<u32> {
        let key = key.replace(BETWEEN, " ");
        self.keys.iter().find(|(_, text)| *text == key).map(|(number, _)| number)
    }

    /// Returns the pairs in use.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        self.pairs.iter().map(|(pair, text)| (pair, text.split_once(BETWEEN).map_or("", |(_, value)| value)))
    }

    /// Returns the pairs in use that have this key. Texts of others are not looked at.
    pub(crate) fn of(&self, key: u32) -> impl Iterator<Item = (u32, &str)> {
        let pairs = self.pairs.iter().filter(move |(pair, _)| self.key_of(*pair) == key);
        pairs.map(|(pair, text)| (pair, text.split_once(BETWEEN).map_or("", |(_, value)| value)))
    }

    /// Estimates what it takes of memory.
    pub(crate) fn bytes(&self) -> usize {
        self.pairs.bytes() + self.keys.bytes() + self.key_of.capacity() * 4
    }
}
