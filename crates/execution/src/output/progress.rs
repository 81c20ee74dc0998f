//! Lines that a program redraws (`\r`) are progress.

use memchr::{memrchr, memrchr_iter};

use crate::log::last_drawn;

/// Bytes at the end of a text that are looked at.
const WINDOW_BYTES: usize = 4 << 10;
/// Characters of the longest text.
const TEXT_CHARS_MAX: usize = 200;

/// Returns what stands last in the line in which `text` ends, if it is one that is redrawn.
pub(crate) fn redrawn(text: &[u8]) -> Option<&[u8]> {
    let window = &text[text.len().saturating_sub(WINDOW_BYTES)..];
    let window = window.strip_suffix(b"\n").unwrap_or(window);
    let window = window.strip_suffix(b"\r").filter(|_| text.ends_with(b"\n")).unwrap_or(window);
    memrchr(b'\r', window)?;
    let line = memrchr(b'\n', window).map_or(window, |at| &window[at + 1..]);
    memrchr(b'\r', line)?;
    Some(last_drawn(line)).filter(|drawn| !drawn.is_empty())
}

/// Returns the text of a redrawn line, without what moves the cursor and colours, and the percentage in it.
pub(crate) fn shown(drawn: &[u8]) -> (String, Option<f64>) {
    let text = String::from_utf8_lossy(drawn);
    let mut shown = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // A control sequence: `ESC [`, then anything up to a letter.
            if characters.next() == Some('[') {
                characters.by_ref().find(|character| matches!(character, '@'..='~'));
            }
        } else if !character.is_control() || character == '\t' {
            shown.push(character);
        }
    }
    let shown: String = shown.trim().chars().take(TEXT_CHARS_MAX).collect();
    let percent = percent(&shown);
    (shown, percent)
}

/// Returns the last number before a `%` that can be a share.
fn percent(text: &str) -> Option<f64> {
    memrchr_iter(b'%', text.as_bytes()).find_map(|at| {
        let before = text[..at].trim_end();
        let begin = before
            .rfind(|character: char| !character.is_ascii_digit() && character != '.')
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        before[begin..].parse().ok().filter(|share: &f64| (0.0..=100.0).contains(share))
    })
}
