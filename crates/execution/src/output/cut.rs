//! Where lines end.

use memchr::{memchr_iter, memrchr};

/// What can be taken from the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Bytes of it, at least one.
    pub(crate) bytes: usize,
    /// Lines in them.
    pub(crate) lines: usize,
    /// Whether it is one line that goes on: it is longer than may be.
    pub(crate) partial: bool,
}

/// Returns the longest beginning of `text` that is whole lines of at most `line_bytes_max` each, or of a longer line the
/// first piece; `None` while neither is there. Up to `known` there is no end of a line.
pub(crate) fn cut(text: &[u8], known: usize, line_bytes_max: usize) -> Option<Cut> {
    let Some(end) = memrchr(b'\n', text.get(known..)?).map(|at| known + at + 1) else {
        return (text.len() > line_bytes_max).then(|| piece(text, line_bytes_max));
    };
    // In steps of the longest line: from one end of a line to the last that is no farther than that.
    let mut begin = 0;
    while end - begin > line_bytes_max + 1 {
        match memrchr(b'\n', &text[begin..=begin + line_bytes_max]) {
            Some(at) => begin += at + 1,
            None if begin == 0 => return Some(piece(text, line_bytes_max)),
            None => return Some(whole(&text[..begin])),
        }
    }
    Some(whole(&text[..end]))
}

/// Returns how much of `text` does not end within a character.
pub(crate) fn characters(text: &[u8]) -> usize {
    let back = (1..=text.len().min(3)).find(|&back| text[text.len() - back] & 0xc0 != 0x80);
    let Some(back) = back else { return text.len() };
    let wanted = match text[text.len() - back] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    if back < wanted { text.len() - back } else { text.len() }
}

fn whole(text: &[u8]) -> Cut {
    Cut { bytes: text.len(), lines: memchr_iter(b'\n', text).count(), partial: false }
}

fn piece(text: &[u8], line_bytes_max: usize) -> Cut {
    let bytes = match characters(&text[..line_bytes_max]) {
        0 => line_bytes_max,
        bytes => bytes,
    };
    Cut { bytes, lines: 1, partial: true }
}
