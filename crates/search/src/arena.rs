//! The folded names and identifiers of all documents in one stretch of memory, so that looking for a fragment is one
//! pass over it.

use crate::fold::{SEPARATOR, fold_into};

/// Below this much waste nothing is moved.
const WASTE: usize = 1 << 20;

/// Where the text of a document is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) length: u32,
}

/// The texts. One is `␟name␟identifier␟identifier␟`, with the separator that no folded text contains.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    text: String,
    /// Whose text begins where, ascending; those given up among them.
    starts: Vec<(u64, u32)>,
    wasted: usize,
}

impl Arena {
    /// Appends a document's text. The old one, if any, must have been given up.
    pub(crate) fn push(&mut self, ordinal: u32, name: &str, identifiers: &[String]) -> Span {
        let start = self.text.len();
        self.text.push(SEPARATOR);
        fold_into(name, &mut self.text);
        self.text.push(SEPARATOR);
        for identifier in identifiers {
            let before = self.text.len();
            fold_into(identifier, &mut self.text);
            if self.text.len() > before {
                self.text.push(SEPARATOR);
            }
        }
        self.starts.push((start as u64, ordinal));
        Span { start: start as u64, length: u32::try_from(self.text.len() - start).unwrap_or(u32::MAX) }
    }

    /// Appends a text that is already in this form.
    pub(crate) fn push_raw(&mut self, ordinal: u32, text: &str) -> Span {
        let start = self.text.len() as u64;
        self.text.push_str(text);
        self.starts.push((start, ordinal));
        Span { start, length: u32::try_from(text.len()).unwrap_or(u32::MAX) }
    }

    /// Gives a text up.
    pub(crate) const fn give_up(&mut self, span: Span) {
        self.wasted += span.length as usize;
    }

    /// Tells whether moving the texts together would free much.
    pub(crate) const fn wasteful(&self) -> bool {
        self.wasted > WASTE && self.wasted > self.text.len() / 2
    }

    /// Returns a document's text.
    pub(crate) fn text(&self, span: Span) -> &str {
        let start = usize::try_from(span.start).unwrap_or(usize::MAX);
        self.text.get(start..start.saturating_add(span.length as usize)).unwrap_or("")
    }

    /// Returns the name and the identifiers of a document, folded.
    pub(crate) fn fields(&self, span: Span) -> impl Iterator<Item = &str> {
        let text = self.text(span);
        let inner = text.strip_prefix(SEPARATOR).unwrap_or(text);
        inner.strip_suffix(SEPARATOR).unwrap_or(inner).split(SEPARATOR)
    }

    /// Calls `found` with the documents in whose text `needle` is, each once, and where it first is there. Those given
    /// up are among them: the caller compares the start with that of the document's span.
    pub(crate) fn find(&self, needle: &str, found: &mut dyn FnMut(u32, u64, usize)) {
        if needle.is_empty() {
            return;
        }
        let finder = memchr::memmem::Finder::new(needle.as_bytes());
        let mut from = 0;
        let mut record = 0;
        while let Some(at) = self.text.as_bytes().get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + at;
            // The record is usually near: matches come in order.
            let ahead = self.starts[record..].partition_point(|&(start, _)| start <= at as u64);
            record += ahead.saturating_sub(1);
            let (start, ordinal) = self.starts[record];
            let offset = at - usize::try_from(start).unwrap_or(at);
            found(ordinal, start, offset);
            match self.starts.get(record + 1) {
                Some(&(next, _)) => from = usize::try_from(next).unwrap_or(usize::MAX),
                None => break,
            }
        }
    }

    /// Estimates what it takes of memory.
    pub(crate) fn bytes(&self) -> usize {
        self.text.capacity() + self.starts.capacity() * size_of::<(u64, u32)>()
    }
}
