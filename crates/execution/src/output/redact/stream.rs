//! Secrets are replaced in a stream that comes in pieces.

use std::fmt;
use std::sync::Arc;

use super::{Needles, REPLACED};

/// At the end of a stream, this many bytes of the beginning of a secret are replaced too.
const TORN_BYTES: usize = 8;

/// Replaces secrets in one stream, wherever it is cut into pieces.
///
/// What may be the beginning of a secret is held back until what follows tells: less than the longest form of a secret
/// has bytes. Secrets that overlap are replaced as one, so that no end of one is left behind the other.
pub(crate) struct StreamRedactor {
    needles: Arc<Needles>,
    pub(super) held: Vec<u8>,
    /// Bytes of `held` for which the replacement is out already: kept, because another secret may begin in them.
    covered: usize,
}

impl StreamRedactor {
    pub(super) fn new(needles: Arc<Needles>) -> Self {
        Self { needles, held: Vec::new(), covered: 0 }
    }

    /// Takes bytes, and appends to `out` what is free of secrets.
    pub(crate) fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.held.extend_from_slice(bytes);
        let open = self.needles.open(&self.held);
        self.release(open, out);
    }

    /// Appends what was held back: nothing follows. A secret of which only the beginning came is replaced as well, if
    /// that is long enough to tell something of it.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        let open = self.needles.open(&self.held).max(self.covered);
        let torn = self.held.get(open..).unwrap_or_default();
        let known = self
            .needles
            .begun(torn)
            .is_some_and(|needle| torn.len() >= TORN_BYTES.min(needle.len().div_ceil(2)));
        if known && torn.len() >= 2 {
            self.release(open, out);
            if self.covered == 0 {
                out.extend_from_slice(REPLACED);
            }
            self.held.clear();
        } else {
            self.release(self.held.len(), out);
        }
        self.covered = 0;
    }

    /// Appends what stands before `open`, without the secrets that begin there.
    fn release(&mut self, open: usize, out: &mut Vec<u8>) {
        // Up to where everything is out.
        let mut out_to = self.covered;
        if self.covered > 0 || self.needles.any.is_match(&self.held) {
            for (begin, end) in self.needles.ranges(&self.held) {
                if begin < out_to {
                    out_to = out_to.max(end);
                    continue;
                }
                if begin >= open {
                    break;
                }
                out.extend_from_slice(&self.held[out_to..begin]);
                out.extend_from_slice(REPLACED);
                out_to = end;
            }
        }
        if out_to < open {
            out.extend_from_slice(&self.held[out_to..open]);
        }
        self.covered = out_to.saturating_sub(open);
        self.held.drain(..open);
    }
}

impl fmt::Debug for StreamRedactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamRedactor").field("held", &self.held.len()).finish_non_exhaustive()
    }
}
