//! Secrets are replaced in a stream that comes in pieces.

use std::fmt;
use std::sync::Arc;

use super::flat::Flat;
use super::needles::{Needles, Open};
use super::{REPLACED, Range};

/// At the end of a stream, this many bytes of the beginning of a secret are replaced too.
const TORN_BYTES: usize = 8;

/// Replaces secrets in one stream, wherever it is cut into pieces, and wherever they are broken over lines.
///
/// What may be the beginning of a secret is held back until what follows tells: less than the longest form of a secret
/// has bytes, besides the ends of lines in it, of which there are no more than two bytes for each of those. Secrets that
/// overlap are replaced as one, so that no end of one is left behind the other.
pub(crate) struct StreamRedactor {
    needles: Arc<Needles>,
    pub(super) held: Vec<u8>,
    /// `held` without line ends; made anew where it is needed.
    flat: Flat,
    /// Bytes of `held` that are out already, or what replaces them: kept, because a secret may begin in them.
    told: usize,
}

impl StreamRedactor {
    pub(super) fn new(needles: Arc<Needles>) -> Self {
        Self { needles, held: Vec::new(), flat: Flat::default(), told: 0 }
    }

    /// Takes bytes, and appends to `out` what is free of secrets.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.held.extend_from_slice(bytes);
        self.flat.fill(&self.held);
        let open = self.needles.open(&self.held, &self.flat);
        self.release(&open, None, out);
    }

    /// Appends what was held back: nothing follows. A secret of which only the beginning came is replaced as well, if
    /// that is long enough to tell something of it.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        self.flat.fill(&self.held);
        let torn = self.needles.torn(&self.flat, TORN_BYTES);
        let open = Open { keep: self.held.len(), hold: self.held.len() };
        self.release(&open, torn, out);
    }

    /// Appends what stands before what is held back, without secrets; and secrets to their end that begin there.
    fn release(&mut self, open: &Open, torn: Option<Range>, out: &mut Vec<u8>) {
        let found = self.needles.found(&self.held, &self.flat, torn);
        let begun = found.spans.partition_point(|(begin, _)| *begin < open.hold);
        let reach = found.spans[..begun].last().map_or(0, |(_, end)| *end);
        let limit = open.hold.max(reach).max(self.told);
        let mut told = self.told;
        for (begin, end) in found.pieces {
            if begin < told {
                // It goes on from one whose replacement is out.
                told = told.max(end);
                continue;
            }
            if begin >= limit {
                break;
            }
            out.extend_from_slice(&self.held[told..begin]);
            out.extend_from_slice(REPLACED);
            told = end;
        }
        if told < limit {
            out.extend_from_slice(&self.held[told..limit]);
            told = limit;
        }
        self.told = told - open.keep;
        self.held.drain(..open.keep);
    }
}

impl fmt::Debug for StreamRedactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamRedactor").field("held", &self.held.len()).finish_non_exhaustive()
    }
}
