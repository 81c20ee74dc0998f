//! Output as it is without the ends of its lines: so a secret is found that was broken over lines.

use super::Range;

/// Bytes of line ends in a row that are left out: `\n`, `\r\n`, or one empty line.
const LINE_END_BYTES: usize = 2;

/// Bytes without the ends of lines, and where each of them comes from.
///
/// Of more than [`LINE_END_BYTES`] in a row the rest stays: nothing is joined over it, so that what may become a secret
/// never grows with the empty lines that follow it.
#[derive(Default)]
pub(super) struct Flat {
    pub(super) bytes: Vec<u8>,
    /// From this position in `bytes` on, the source is so many bytes further on.
    joints: Vec<(usize, usize)>,
}

impl Flat {
    pub(super) fn new(source: &[u8]) -> Self {
        let mut flat = Self::default();
        flat.fill(source);
        flat
    }

    /// Takes `source` in place of what was here.
    pub(super) fn fill(&mut self, source: &[u8]) {
        self.bytes.clear();
        self.joints.clear();
        let mut at = 0;
        while let Some(line) = memchr::memchr2(b'\r', b'\n', &source[at..]) {
            self.bytes.extend_from_slice(&source[at..at + line]);
            at += line;
            let ends = source[at..].iter().take_while(|byte| is_line_end(**byte)).count();
            let left_out = ends.min(LINE_END_BYTES);
            self.joints.push((self.bytes.len(), at + left_out - self.bytes.len()));
            self.bytes.extend_from_slice(&source[at + left_out..at + ends]);
            at += ends;
        }
        self.bytes.extend_from_slice(&source[at..]);
    }

    /// Returns where in the source the byte at this position stands; for the position behind the last, where it ends.
    pub(super) fn source(&self, at: usize) -> usize {
        let joints = self.joints.partition_point(|(from, _)| *from <= at);
        let further =
            joints.checked_sub(1).and_then(|last| self.joints.get(last)).map_or(0, |(_, further)| *further);
        at + further
    }

    /// Returns from where on a secret that begins at `at` is replaced: its first byte is left where a line ends behind it.
    ///
    /// Otherwise every line that ends with such a byte would have to wait for the next one.
    pub(super) fn begin(&self, at: usize) -> usize {
        if self.source(at + 1) == self.source(at) + 1 { at } else { at + 1 }
    }

    /// Returns from where to where something stands in the source.
    pub(super) fn span(&self, (begin, end): Range) -> Range {
        (self.source(begin), self.source(end - 1) + 1)
    }

    /// Appends the same line by line, without the ends between them.
    pub(super) fn pieces(&self, (mut begin, end): Range, pieces: &mut Vec<Range>) {
        let first = self.joints.partition_point(|(from, _)| *from <= begin);
        for &(joint, _) in self.joints[first..].iter().take_while(|(from, _)| *from < end) {
            pieces.push(self.span((begin, joint)));
            begin = joint;
        }
        pieces.push(self.span((begin, end)));
    }
}

pub(super) fn is_line_end(byte: u8) -> bool {
    byte == b'\r' || byte == b'\n'
}
