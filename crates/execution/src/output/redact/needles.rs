//! What is looked for, and where it is found.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use zeroize::Zeroizing;

use super::flat::{Flat, is_line_end};
use super::{Range, SECRET_BYTES_MIN, forms};

/// Bytes of all forms up to which they are looked for in the quickest way.
const QUICK_BYTES_MAX: usize = 4 << 10;

/// The forms of all secrets.
pub(super) struct Needles {
    /// All without line ends, to be found in output without line ends.
    flat: Option<Set>,
    /// Those that have line ends, as they are: what is found so is replaced with the ends of its lines.
    lined: Option<Set>,
}

/// Where secrets stand.
#[derive(Default)]
pub(super) struct Found {
    /// What is replaced, in order. Of a secret that is broken over lines, the part on each line.
    pub(super) pieces: Vec<Range>,
    /// The whole secrets, in order; those that overlap as one.
    pub(super) spans: Vec<Range>,
}

/// What may be the beginning of a secret that goes on.
pub(super) struct Open {
    /// From here on bytes are needed to tell.
    pub(super) keep: usize,
    /// From here on they are not to be shown before.
    pub(super) hold: usize,
}

impl Needles {
    /// Returns what is looked for; `None` if that is nothing.
    pub(super) fn new(secrets: &[Zeroizing<Vec<u8>>]) -> Option<Self> {
        let (mut flat, mut lined) = (Vec::new(), Vec::new());
        for needle in forms::needles(secrets) {
            if !needle.iter().any(|byte| is_line_end(*byte)) {
                flat.push(needle);
                continue;
            }
            let joined: Vec<u8> = needle.iter().copied().filter(|byte| !is_line_end(*byte)).collect();
            let joined = Zeroizing::new(joined);
            if joined.len() >= SECRET_BYTES_MIN {
                flat.push(joined);
            }
            lined.push(needle);
        }
        let (flat, lined) = (Set::new(flat), Set::new(lined));
        (flat.is_some() || lined.is_some()).then_some(Self { flat, lined })
    }

    /// Returns where secrets stand in `bytes`, which are `flat` without line ends; `torn` is one more, a range of `flat`.
    pub(super) fn found(&self, bytes: &[u8], flat: &Flat, torn: Option<Range>) -> Found {
        let mut whole: Vec<Range> = torn.into_iter().collect();
        if let Some(set) = &self.flat {
            set.find(&flat.bytes, &mut whole);
        }
        let mut spans: Vec<Range> = whole.iter().map(|&range| flat.span(range)).collect();
        for range in &mut whole {
            range.0 = flat.begin(range.0);
        }
        let mut pieces = Vec::new();
        for range in merged(whole) {
            flat.pieces(range, &mut pieces);
        }
        if let Some(set) = &self.lined {
            let before = spans.len();
            set.find(bytes, &mut spans);
            pieces.extend_from_slice(&spans[before..]);
        }
        Found { pieces: merged(pieces), spans: merged(spans) }
    }

    /// Returns what of `bytes` may be the beginning of a secret that goes on.
    pub(super) fn open(&self, bytes: &[u8], flat: &Flat) -> Open {
        let mut open = Open { keep: bytes.len(), hold: bytes.len() };
        if let Some(set) = &self.flat {
            let at = set.open(&flat.bytes);
            open = Open { keep: flat.source(at), hold: flat.source(flat.begin(at)) };
        }
        if let Some(set) = &self.lined {
            let at = set.open(bytes);
            open = Open { keep: open.keep.min(at), hold: open.hold.min(at) };
        }
        open
    }

    /// Returns where in `flat` the beginning of a secret stands that never came to its end, if it has `bytes` at least
    /// or half of the secret.
    pub(super) fn torn(&self, flat: &Flat, bytes: usize) -> Option<Range> {
        let set = self.flat.as_ref()?;
        let at = set.open(&flat.bytes);
        let torn = &flat.bytes[at..];
        let least = bytes.min(set.begun(torn)?.len().div_ceil(2)).max(2);
        (torn.len() >= least).then_some((at, flat.bytes.len()))
    }
}

/// What is looked for in the same bytes.
struct Set {
    /// Sorted, so that what begins like one of them is found quickly.
    sorted: Vec<Zeroizing<Vec<u8>>>,
    /// Whether one of them begins with this byte.
    begins: [bool; 256],
    longest: usize,
    /// Says quickly whether there is any.
    any: AhoCorasick,
    /// Finds all, also those that overlap.
    all: AhoCorasick,
}

impl Set {
    fn new(mut sorted: Vec<Zeroizing<Vec<u8>>>) -> Option<Self> {
        sorted.sort_unstable_by(|one, other| one.as_slice().cmp(other));
        sorted.dedup_by(|one, other| one.as_slice() == other.as_slice());
        if sorted.is_empty() {
            return None;
        }
        // The quicker kind takes time and memory by the square of what is looked for.
        let long = sorted.iter().map(|needle| needle.len()).sum::<usize>() > QUICK_BYTES_MAX;
        let kind = long.then_some(AhoCorasickKind::ContiguousNFA);
        let build = |matches| {
            let needles = sorted.iter().map(|needle| needle.as_slice());
            AhoCorasick::builder().kind(kind).match_kind(matches).build(needles)
        };
        let (Ok(any), Ok(all)) = (build(MatchKind::LeftmostFirst), build(MatchKind::Standard)) else {
            // Only beyond 2³¹ bytes of needles, which the limits keep out.
            tracing::error!("the secrets of an execution are too many to be looked for");
            return None;
        };
        let mut begins = [false; 256];
        for needle in &sorted {
            begins[usize::from(needle[0])] = true;
        }
        let longest = sorted.iter().map(|needle| needle.len()).max().unwrap_or(0);
        Some(Self { sorted, begins, longest, any, all })
    }

    /// Appends where needles stand.
    fn find(&self, bytes: &[u8], ranges: &mut Vec<Range>) {
        if self.any.is_match(bytes) {
            ranges.extend(self.all.find_overlapping_iter(bytes).map(|found| (found.start(), found.end())));
        }
    }

    /// Returns from where on `bytes` may be the beginning of a needle that goes on.
    fn open(&self, bytes: &[u8]) -> usize {
        let from = bytes.len().saturating_sub(self.longest - 1);
        let may = (from..bytes.len())
            .find(|&at| self.begins[usize::from(bytes[at])] && self.begun(&bytes[at..]).is_some());
        may.unwrap_or(bytes.len())
    }

    /// Returns a needle that begins with `bytes` and is longer.
    fn begun(&self, bytes: &[u8]) -> Option<&[u8]> {
        let at = self.sorted.partition_point(|needle| needle.as_slice() <= bytes);
        self.sorted.get(at).map(|needle| needle.as_slice()).filter(|needle| needle.starts_with(bytes))
    }
}

/// Returns ranges in order, and those that overlap as one.
fn merged(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
    for (begin, end) in ranges {
        match merged.last_mut() {
            Some(last) if begin < last.1 => last.1 = last.1.max(end),
            _ => merged.push((begin, end)),
        }
    }
    merged
}
