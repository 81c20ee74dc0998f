//! Cleaning a text and cutting it into words, as BERT's normalizer and pre-tokenizer do.

use unicode_categories::UnicodeCategories as _;
use unicode_normalization::UnicodeNormalization as _;

/// Returns the words of a text: without accents, lower case, every punctuation mark and Chinese character by itself.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    let cleaned = text.chars().filter(|char| !is_dropped(*char)).flat_map(spaced);
    let mut chars = cleaned.nfd().filter(|char| !char.is_mark_nonspacing()).flat_map(char::to_lowercase);
    let mut mark = None;
    std::iter::from_fn(move || {
        if let Some(mark) = mark.take() {
            return Some(String::from(mark));
        }
        let mut word = String::new();
        for char in &mut chars {
            if is_punctuation(char) {
                if word.is_empty() {
                    return Some(String::from(char));
                }
                mark = Some(char);
                return Some(word);
            }
            if !char.is_whitespace() {
                word.push(char);
            } else if !word.is_empty() {
                return Some(word);
            }
        }
        (!word.is_empty()).then_some(word)
    })
}

/// Control and format characters, and what stands for bytes that were no text.
fn is_dropped(char: char) -> bool {
    match char {
        '\t' | '\n' | '\r' => false,
        '\0' | '\u{fffd}' => true,
        _ => char.is_other(),
    }
}

/// Puts spaces around a Chinese character.
fn spaced(char: char) -> impl Iterator<Item = char> {
    let space = is_chinese(char).then_some(' ');
    space.into_iter().chain([char]).chain(space)
}

/// The blocks as the reference has them.
const fn is_chinese(char: char) -> bool {
    matches!(
        char,
        '\u{4e00}'..='\u{9fff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{20000}'..='\u{2a6df}'
            | '\u{2a700}'..='\u{2b73f}'
            | '\u{2b740}'..='\u{2b81f}'
            | '\u{2b920}'..='\u{2ceaf}'
            | '\u{f900}'..='\u{faff}'
            | '\u{2f800}'..='\u{2fa1f}'
    )
}

fn is_punctuation(char: char) -> bool {
    char.is_ascii_punctuation() || char.is_punctuation()
}
