//! What the fuzz targets call of what this crate keeps to itself. No part of its interface.

use zeroize::Zeroizing;

use crate::output::{Redactor, cut};

/// Returns the text of a stream without secrets, and of the same in one piece.
#[must_use]
pub fn redacted(secrets: &[&[u8]], pieces: &[&[u8]]) -> (Vec<u8>, String) {
    let secrets: Vec<_> = secrets.iter().map(|secret| Zeroizing::new(secret.to_vec())).collect();
    let redactor = Redactor::new(&secrets);
    let whole = redactor.text(&String::from_utf8_lossy(&pieces.concat()));
    let Some(mut stream) = redactor.stream() else { return (pieces.concat(), whole) };
    let mut out = Vec::new();
    for piece in pieces {
        stream.push(piece, &mut out);
    }
    stream.finish(&mut out);
    (out, whole)
}

/// Returns an index with every kind of cell.
#[must_use]
pub fn index() -> Vec<u8> {
    crate::log::index_example()
}

/// Cuts text that comes in pieces into lines; each with whether it goes on. What has no end comes last.
#[must_use]
pub fn lines(pieces: &[&[u8]], line_bytes_max: usize) -> Vec<(Vec<u8>, bool)> {
    let (mut text, mut known, mut lines) = (Vec::new(), 0, Vec::new());
    for piece in pieces {
        text.extend_from_slice(piece);
        while let Some(cut) = cut::cut(&text, known, line_bytes_max) {
            let taken: Vec<u8> = text.drain(..cut.bytes).collect();
            if cut.partial {
                lines.push((taken, true));
            } else {
                lines.extend(taken.split_inclusive(|byte| *byte == b'\n').map(|line| (line.to_vec(), false)));
            }
            known = 0;
        }
        known = text.len();
    }
    lines.push((text, false));
    lines
}
