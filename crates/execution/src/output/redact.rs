//! Secrets are replaced before anything is kept, shown or told.

mod forms;
mod stream;

#[cfg(test)]
mod tests;

pub(crate) use stream::StreamRedactor;

use std::fmt;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use zeroize::Zeroizing;

/// Bytes of the shortest secret that can be replaced: shorter ones would stand in everything.
pub(crate) const SECRET_BYTES_MIN: usize = 4;
/// Bytes of the longest: all its forms are looked for in every byte of output.
pub(crate) const SECRET_BYTES_MAX: usize = 16 << 10;

/// Bytes of all forms up to which they are looked for in the quickest way.
const QUICK_BYTES_MAX: usize = 4 << 10;
/// What stands where a secret was.
const REPLACED: &[u8] = b"***";

/// Refuses what could not be replaced; the text goes on from "the secret `NAME` ".
pub(crate) fn check(secret: &[u8]) -> Result<(), String> {
    if secret.len() < SECRET_BYTES_MIN {
        return Err(format!(
            "has fewer than {SECRET_BYTES_MIN} bytes, which stand in so much output that they cannot be kept out of it; \
             use a longer one"
        ));
    }
    if secret.len() > SECRET_BYTES_MAX {
        return Err(format!(
            "has more than {SECRET_BYTES_MAX} bytes, too many to look for in all output; hand it over in a file"
        ));
    }
    Ok(())
}

/// Replaces the secrets of one execution, in every form in which they are usually written. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Redactor {
    needles: Option<Arc<Needles>>,
}

/// What is looked for.
struct Needles {
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

impl Redactor {
    /// Returns one for these secrets. Such as are too short to be looked for are left alone: [`check`] refuses them.
    pub(crate) fn new(secrets: &[Zeroizing<Vec<u8>>]) -> Self {
        let mut sorted = forms::needles(secrets);
        sorted.sort_unstable_by(|one, other| one.as_slice().cmp(other));
        sorted.dedup_by(|one, other| one.as_slice() == other.as_slice());
        if sorted.is_empty() {
            return Self { needles: None };
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
            return Self { needles: None };
        };
        let mut begins = [false; 256];
        for needle in &sorted {
            begins[usize::from(needle[0])] = true;
        }
        let longest = sorted.iter().map(|needle| needle.len()).max().unwrap_or(0);
        Self { needles: Some(Arc::new(Needles { sorted, begins, longest, any, all })) }
    }

    /// Returns the text without the secrets: for errors, commands that are shown, requests that are stored.
    pub(crate) fn text(&self, text: &str) -> String {
        let Some(needles) = &self.needles else { return text.to_owned() };
        if !needles.any.is_match(text) {
            return text.to_owned();
        }
        let mut out = Vec::with_capacity(text.len());
        let mut at = 0;
        for (begin, end) in needles.ranges(text.as_bytes()) {
            out.extend_from_slice(&text.as_bytes()[at..begin]);
            out.extend_from_slice(REPLACED);
            at = end;
        }
        out.extend_from_slice(&text.as_bytes()[at..]);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Returns what replaces them in a stream; `None` if there are no secrets.
    pub(crate) fn stream(&self) -> Option<StreamRedactor> {
        self.needles.clone().map(StreamRedactor::new)
    }
}

impl Needles {
    /// Returns where needles stand: in order, and those that overlap as one.
    fn ranges(&self, bytes: &[u8]) -> Vec<(usize, usize)> {
        let found = self.all.find_overlapping_iter(bytes);
        let mut found: Vec<(usize, usize)> = found.map(|found| (found.start(), found.end())).collect();
        found.sort_unstable();
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for (begin, end) in found {
            match ranges.last_mut() {
                Some(last) if begin < last.1 => last.1 = last.1.max(end),
                _ => ranges.push((begin, end)),
            }
        }
        ranges
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

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}
