//! From when until when a certificate is valid (RFC 5280, section 4.1.2.5), and nothing else of it.

use std::path::Path;

use groma_model::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// The time during which a certificate can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Reads the first certificate of a PEM file; `None` if it has none that can be read.
pub(super) fn validity_of_file(path: &Path) -> Option<Validity> {
    validity(&CertificateDer::from_pem_file(path).ok()?)
}

/// Reads a certificate in DER.
pub(super) fn validity(der: &[u8]) -> Option<Validity> {
    let mut outer = Der(der);
    let mut certificate = Der(outer.take(SEQUENCE)?);
    let mut signed = Der(certificate.take(SEQUENCE)?);
    if signed.next_is(VERSION) {
        signed.take(VERSION)?;
    }
    signed.take(INTEGER)?;
    signed.take(SEQUENCE)?;
    // The issuer.
    signed.take(SEQUENCE)?;
    let mut validity = Der(signed.take(SEQUENCE)?);
    Some(Validity { not_before: validity.time()?, not_after: validity.time()? })
}

/// What is left of a value in DER (X.690).
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn next_is(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// Takes the next value if it has that tag, and returns its content.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&[found, first], rest) = self.0.split_first_chunk::<2>()?;
        if found != tag {
            return None;
        }
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            // As many bytes of length as the low bits say; four are 4 GiB.
            0x81..=0x84 => {
                let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }

    /// Takes a moment: two digits of the year mean 1950 to 2049, always in UTC and to the second.
    fn time(&mut self) -> Option<Timestamp> {
        let (year, rest) = if self.next_is(UTC_TIME) {
            let (year, rest) = std::str::from_utf8(self.take(UTC_TIME)?).ok()?.split_at_checked(2)?;
            let century = if year < "50" { "20" } else { "19" };
            (format!("{century}{year}"), rest)
        } else {
            let (year, rest) = std::str::from_utf8(self.take(GENERALIZED_TIME)?).ok()?.split_at_checked(4)?;
            (year.to_owned(), rest)
        };
        let digits = rest.strip_suffix('Z').filter(|digits| digits.len() == 10)?;
        if !digits.bytes().chain(year.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let part = |at: usize| digits.get(at..at + 2);
        let (month, day, hour, minute, second) = (part(0)?, part(2)?, part(4)?, part(6)?, part(8)?);
        format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z").parse().ok()
    }
}

#[cfg(test)]
mod tests;
