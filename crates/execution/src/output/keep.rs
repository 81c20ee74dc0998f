//! The beginning and the end of a stream, for the result.

use super::cut::characters;

/// Keeps the beginning and the end of a stream.
#[derive(Debug)]
pub(crate) struct Keep {
    half: usize,
    head: Vec<u8>,
    /// What came after the beginning, of which at least the last `half` bytes are here.
    tail: Vec<u8>,
    bytes: u64,
}

impl Keep {
    /// Returns one that keeps at most `bytes_max`.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { half: bytes_max / 2, head: Vec::new(), tail: Vec::new(), bytes: 0 }
    }

    /// Takes what comes next.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let room = (self.half - self.head.len()).min(bytes.len());
        let (head, bytes) = bytes.split_at(room);
        self.head.extend_from_slice(head);
        if bytes.len() >= self.half {
            self.tail.clear();
            self.tail.extend_from_slice(&bytes[bytes.len() - self.half..]);
            return;
        }
        if self.tail.len() + bytes.len() > 2 * self.half {
            self.tail.drain(..self.tail.len() + bytes.len() - self.half);
        }
        self.tail.extend_from_slice(bytes);
    }

    /// Returns whether there was more than is kept.
    pub(crate) fn truncated(&self) -> bool {
        self.bytes > (self.head.len() + self.end().len()) as u64
    }

    /// Returns what is kept as text, and between beginning and end how much is not.
    pub(crate) fn text(&self) -> String {
        let end = self.end();
        if !self.truncated() {
            return String::from_utf8_lossy(&[self.head.as_slice(), end].concat()).into_owned();
        }
        let head = &self.head[..characters(&self.head)];
        let cut = end.iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
        let end = &end[cut..];
        let left_out = self.bytes - (head.len() + end.len()) as u64;
        let (head, end) = (String::from_utf8_lossy(head), String::from_utf8_lossy(end));
        format!("{head}\n[… {left_out} bytes are left out here …]\n{end}")
    }

    fn end(&self) -> &[u8] {
        &self.tail[self.tail.len().saturating_sub(self.half)..]
    }
}
