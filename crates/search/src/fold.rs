//! How texts are compared and cut into words.

/// What separates the name and identifiers of a document; no folded text contains it.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// Lower case, trimmed, control characters made spaces.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Appends the folded text.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if text.is_ascii() {
        out.extend(
            text.bytes().map(|b| if b.is_ascii_control() { ' ' } else { b.to_ascii_lowercase() as char }),
        );
        return;
    }
    for c in text.chars() {
        if c.is_control() {
            out.push(' ');
        } else {
            out.extend(c.to_lowercase());
        }
    }
}

/// A word longer than this is cut: nobody types it, and it would fill the index.
const LONGEST: usize = 64;

/// Calls `take` with each word of a text, in lower case: what is between other characters than letters and digits
/// (`prod-db-01` has three), and the parts of words like `webServer2`.
pub(crate) fn words(text: &str, take: &mut dyn FnMut(&str)) {
    let mut lower = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        lower.clear();
        lower.extend(word.chars().take(LONGEST).flat_map(char::to_lowercase));
        take(&lower);
        parts(word, take);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
}

fn class(c: char) -> Class {
    if c.is_numeric() {
        Class::Digit
    } else if c.is_uppercase() {
        Class::Upper
    } else {
        Class::Lower
    }
}

/// Calls `take` with the parts of a word of mixed case or letters and digits. A word that changes between letters and
/// digits more than twice is an identifier, whose parts mean nothing.
fn parts(word: &str, take: &mut dyn FnMut(&str)) {
    let chars: Vec<char> = word.chars().take(LONGEST).collect();
    let mut cuts = Vec::new();
    let mut digits = 0;
    for at in 1..chars.len() {
        let (before, here) = (class(chars[at - 1]), class(chars[at]));
        let digit = (before == Class::Digit) != (here == Class::Digit);
        digits += usize::from(digit);
        let camel = before == Class::Lower && here == Class::Upper;
        // The last capital of `HTTPServer` begins the next part.
        let acronym = before == Class::Upper
            && here == Class::Upper
            && chars.get(at + 1).is_some_and(|&next| class(next) == Class::Lower && next.is_alphabetic());
        if digit || camel || acronym {
            cuts.push(at);
        }
    }
    if cuts.is_empty() || digits > 2 {
        return;
    }
    cuts.push(chars.len());
    let mut start = 0;
    for cut in cuts {
        if cut - start > 1 {
            let part: String = chars[start..cut].iter().flat_map(|c| c.to_lowercase()).collect();
            take(&part);
        }
        start = cut;
    }
}

#[cfg(test)]
mod tests;
