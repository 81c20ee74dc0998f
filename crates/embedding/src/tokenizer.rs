//! BERT's tokenizer: text to numbers of word pieces, as the model was trained with them.
//!
//! The crate `rten-text` keeps what it found of a word before an unknown part, and cleans neither control characters
//! nor Chinese ones; the crate `tokenizers` brings some eighty crates. So this is our own, held against the latter by
//! `tests/reference.rs`.

mod words;

use std::collections::HashMap;

use serde::Deserialize;

use words::words;

/// Numbers of the special tokens in the vocabulary.
const UNKNOWN: u32 = 100;
const BEGIN: u32 = 101;
const END: u32 = 102;
/// A text that spells one of these out gets the special token, as in the reference.
const SPECIAL: [(&str, u32); 5] =
    [("[PAD]", 0), ("[UNK]", UNKNOWN), ("[CLS]", BEGIN), ("[SEP]", END), ("[MASK]", 103)];
/// Marks what continues a word.
const CONTINUES: &str = "##";
/// Longer words are unknown.
const WORD_CHARS_MAX: usize = 100;

/// A vocabulary of word pieces.
pub(crate) struct Tokenizer {
    /// Pieces that begin a word.
    first: HashMap<Box<str>, u32>,
    /// Pieces that continue one, without their mark.
    next: HashMap<Box<str>, u32>,
    /// Bytes of the longest piece.
    longest: usize,
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pieces = self.first.len() + self.next.len();
        f.debug_struct("Tokenizer").field("pieces", &pieces).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct File {
    model: Model,
}

#[derive(Deserialize)]
struct Model {
    vocab: HashMap<Box<str>, u32>,
}

impl Tokenizer {
    /// Reads a `tokenizer.json`. Its settings for padding and truncation (128 tokens, both) are not followed.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        let File { model } = serde_json::from_slice(json)?;
        let mut tokenizer = Self { first: HashMap::new(), next: HashMap::new(), longest: 0 };
        for (piece, number) in model.vocab {
            tokenizer.longest = tokenizer.longest.max(piece.len());
            match piece.strip_prefix(CONTINUES) {
                Some(rest) if !rest.is_empty() => tokenizer.next.insert(rest.into(), number),
                _ => tokenizer.first.insert(piece, number),
            };
        }
        Ok(tokenizer)
    }

    /// Returns the tokens of a text, at most `max` with the two around them. What is beyond is not looked at.
    pub(crate) fn encode(&self, text: &str, max: usize) -> Vec<u32> {
        let mut tokens = vec![BEGIN];
        let full = max.saturating_sub(1);
        let mut rest = text;
        while !rest.is_empty() && tokens.len() < full {
            let (plain, special, after) = split_special(rest);
            for word in words(plain) {
                self.word(&word, &mut tokens);
                if tokens.len() >= full {
                    break;
                }
            }
            tokens.extend(special);
            rest = after;
        }
        tokens.truncate(full);
        tokens.push(END);
        tokens
    }

    /// Takes the longest piece again and again. A word with a part that no piece begins is unknown as a whole.
    fn word(&self, word: &str, tokens: &mut Vec<u32>) {
        let begun = tokens.len();
        let mut rest = word;
        let mut pieces = &self.first;
        if word.chars().nth(WORD_CHARS_MAX).is_some() {
            tokens.push(UNKNOWN);
            return;
        }
        while !rest.is_empty() {
            let ends = rest.char_indices().map(|(at, char)| at + char.len_utf8());
            let ends: Vec<usize> = ends.take_while(|end| *end <= self.longest).collect();
            let found = ends.iter().rev().find_map(|end| {
                let (piece, after) = rest.split_at_checked(*end)?;
                pieces.get(piece).map(|number| (*number, after))
            });
            let Some((number, after)) = found else {
                tokens.truncate(begun);
                tokens.push(UNKNOWN);
                return;
            };
            tokens.push(number);
            rest = after;
            pieces = &self.next;
        }
    }
}

/// Splits a text at the first special token that it spells out.
fn split_special(text: &str) -> (&str, Option<u32>, &str) {
    for (at, _) in text.match_indices('[') {
        let (before, from) = text.split_at(at);
        for (special, number) in SPECIAL {
            if let Some(after) = from.strip_prefix(special) {
                return (before, Some(number), after);
            }
        }
    }
    (text, None, "")
}

#[cfg(test)]
mod tests;
