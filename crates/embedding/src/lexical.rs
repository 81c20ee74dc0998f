//! Vectors by spelling alone, for when there is no model: words and parts of words, each hashed to a dimension and a
//! sign (signed feature hashing). Texts that share words or spell them alike are near to each other.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::embedder::normalise;
use crate::{DIMENSIONS, Embedder, EmbedderKind, EmbeddingError};

/// Spelling alone; always there, and the same for ever.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lexical;

/// The version rises when the same text gives another vector.
const ID: &str = "lexical/1";
/// A word counts as much as several of its parts.
const WORD_WEIGHT: f32 = 2.0;
/// Letters in a part of a word, the marks of its begin and end included.
const PART_CHARS: usize = 3;
const EDGE: char = '\u{1}';
/// Keeps words and parts of the same letters apart.
const WORD: u8 = 1;
const PART: u8 = 2;

impl Embedder for Lexical {
    fn kind(&self) -> EmbedderKind {
        EmbedderKind::Lexical
    }

    fn id(&self) -> &str {
        ID
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        Ok(texts.iter().map(|text| embed(text)).collect())
    }
}

fn embed(text: &str) -> Vec<f32> {
    let mut vector = vec![0.0; DIMENSIONS];
    let folded: String =
        text.nfkd().filter(|char| !is_combining_mark(*char)).flat_map(char::to_lowercase).collect();
    for word in folded.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()) {
        add(&mut vector, WORD, word, WORD_WEIGHT);
        let marked: Vec<char> = std::iter::once(EDGE).chain(word.chars()).chain([EDGE]).collect();
        for part in marked.windows(PART_CHARS) {
            add(&mut vector, PART, &part.iter().collect::<String>(), 1.0);
        }
    }
    // What is said again and again counts less than as often. The root is exact on every machine, a logarithm is not.
    for number in &mut vector {
        *number = number.signum() * number.abs().sqrt();
    }
    normalise(&mut vector);
    vector
}

/// Adds a feature to the dimension, and with the sign, that its hash names.
fn add(vector: &mut [f32], kind: u8, feature: &str, weight: f32) {
    let hash = hash(kind, feature);
    let sign = if hash >> 63 == 0 { weight } else { -weight };
    let place = (hash % DIMENSIONS as u64) as usize;
    vector.iter_mut().skip(place).take(1).for_each(|number| *number += sign);
}

/// FNV-1a, mixed as MurmurHash3 ends: written out here because vectors that are kept depend on it.
fn hash(kind: u8, feature: &str) -> u64 {
    let bytes = std::iter::once(kind).chain(feature.bytes());
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests;
