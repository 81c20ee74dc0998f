//! Texts that many documents share, kept once and known by a number.

use std::collections::HashMap;
use std::sync::Arc;

#[derive(Debug, Clone)]
struct Entry {
    text: Arc<str>,
    users: u32,
}

/// Texts by number. Number 0 is the empty text and stays; others are freed when their last user lets go.
#[derive(Debug)]
pub(crate) struct Interner {
    entries: Vec<Entry>,
    numbers: HashMap<Arc<str>, u32>,
    free: Vec<u32>,
    bytes: usize,
}

impl Default for Interner {
    fn default() -> Self {
        let empty: Arc<str> = Arc::from("");
        Self {
            entries: vec![Entry { text: Arc::clone(&empty), users: 1 }],
            numbers: HashMap::from([(empty, 0)]),
            free: Vec::new(),
            bytes: 0,
        }
    }
}

impl Interner {
    /// Returns the number of a text, which has one user more from here on.
    pub(crate) fn acquire(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            self.entries[number as usize].users += 1;
            return number;
        }
        let text: Arc<str> = Arc::from(text);
        self.bytes += text.len();
        let entry = Entry { text: Arc::clone(&text), users: 1 };
        let number = if let Some(number) = self.free.pop() {
            self.entries[number as usize] = entry;
            number
        } else {
            let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            self.entries.push(entry);
            number
        };
        self.numbers.insert(text, number);
        number
    }

    /// Lets go of a number that was acquired.
    pub(crate) fn release(&mut self, number: u32) {
        let Some(entry) = self.entries.get_mut(number as usize) else { return };
        entry.users = entry.users.saturating_sub(1);
        if entry.users == 0 && number != 0 {
            self.bytes -= entry.text.len();
            let text = std::mem::replace(&mut entry.text, Arc::from(""));
            self.numbers.remove(&text);
            self.free.push(number);
        }
    }

    /// Returns the text of a number.
    pub(crate) fn text(&self, number: u32) -> &str {
        self.entries.get(number as usize).map_or("", |entry| &entry.text)
    }

    /// Returns how many numbers there are, free ones among them.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the texts in use with their numbers, the empty one left out.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        (0u32..)
            .zip(&self.entries)
            .filter(|(_, entry)| entry.users > 0 && !entry.text.is_empty())
            .map(|(number, entry)| (number, &*entry.text))
    }

    /// Estimates what it takes of memory.
    pub(crate) fn bytes(&self) -> usize {
        // A text, its two counters, an entry and a slot of the map with its control byte.
        self.bytes + self.entries.len() * (16 + size_of::<Entry>() + 25 * 8 / 7)
    }
}
