//! Secrets are replaced before anything is kept, shown or told.
//!
//! They are found as well where they are broken over lines, by a program that wraps its text or by `base64`. The part on
//! each line is replaced and the ends of lines stay, so that lines keep their numbers; only a secret that has lines itself
//! and stands there just so is replaced as one. Two limits: where just the first byte of a secret stands at the end of a
//! line, that byte stays; and nothing is found over more than two bytes of line ends in a row, two empty lines for one.

mod flat;
mod forms;
mod needles;
mod stream;

#[cfg(test)]
mod tests;

pub(crate) use stream::StreamRedactor;

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use flat::Flat;
use needles::Needles;

/// Bytes of the shortest secret that can be replaced: shorter ones would stand in everything.
pub(crate) const SECRET_BYTES_MIN: usize = 4;
/// Bytes of the longest: all its forms are looked for in every byte of output.
pub(crate) const SECRET_BYTES_MAX: usize = 16 << 10;

/// From where on, and up to where.
type Range = (usize, usize);

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

impl Redactor {
    /// Returns one for these secrets. Such as are too short to be looked for are left alone: [`check`] refuses them.
    pub(crate) fn new(secrets: &[Zeroizing<Vec<u8>>]) -> Self {
        Self { needles: Needles::new(secrets).map(Arc::new) }
    }

    /// Returns the text without the secrets: for errors, commands that are shown, requests that are stored.
    pub(crate) fn text(&self, text: &str) -> String {
        let Some(needles) = &self.needles else { return text.to_owned() };
        let found = needles.found(text.as_bytes(), &Flat::new(text.as_bytes()), None);
        if found.pieces.is_empty() {
            return text.to_owned();
        }
        let mut out = Vec::with_capacity(text.len());
        let mut at = 0;
        for (begin, end) in found.pieces {
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

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}
