//! From the bytes of a line to the text that is shown.

use memchr::memrchr;

/// Returns the text of a line: without its end, of a line that was redrawn what stood there last, and with U+FFFD for
/// what is not UTF-8.
pub(crate) fn line_text(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    String::from_utf8_lossy(last_drawn(line)).into_owned()
}

/// Returns what stands last in a line whose beginning is returned to (`\r`).
pub(crate) fn last_drawn(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
    let line = &line[..end];
    memrchr(b'\r', line).map_or(line, |at| &line[at + 1..])
}
