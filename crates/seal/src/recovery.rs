//! The recovery key: 160 random bits in groups of five letters and digits, each group with a check of its own, so that
//! a mistake in copying is told by the group it is in.

use rand::RngCore;
use zeroize::Zeroizing;

/// Crockford's base 32: no I, L, O, U, which are mistaken for others.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 8;
/// Letters of a group that carry bits; one more checks them.
const DATA: usize = 4;
const BYTES: usize = GROUPS * DATA * 5 / 8;

/// Why a text is no recovery key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryError {
    /// Letters are missing, or there are too many.
    #[error("it has {found} letters and digits, not {wanted}: look for a group that is missing or written twice", wanted = GROUPS * (DATA + 1))]
    Length {
        /// How many there are.
        found: usize,
    },
    /// A character that no recovery key has.
    #[error("group {group} has a character that no recovery key has")]
    Character {
        /// The group, counted from 1.
        group: usize,
    },
    /// A group's check does not fit: something in it was misread, or the group stands at the wrong place.
    #[error("group {group} was misread or stands at the wrong place")]
    Check {
        /// The group, counted from 1.
        group: usize,
    },
}

/// The bits of a recovery key.
pub(crate) type RecoverySecret = Zeroizing<[u8; BYTES]>;

/// Returns new random bits.
pub(crate) fn random() -> RecoverySecret {
    let mut secret = Zeroizing::new([0; BYTES]);
    rand::rng().fill_bytes(secret.as_mut());
    secret
}

/// Writes the bits as groups joined by hyphens.
pub(crate) fn write(secret: &RecoverySecret) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(GROUPS * (DATA + 2)));
    for group in 0..GROUPS {
        if group > 0 {
            text.push('-');
        }
        let values: [u8; DATA] =
            std::array::from_fn(|index| five_bits(secret.as_slice(), group * DATA + index));
        for value in values.into_iter().chain([check(group, values)]) {
            text.push(char::from(ALPHABET.get(usize::from(value)).copied().unwrap_or(b'?')));
        }
    }
    text
}

/// Reads what [`write`] wrote, in any case, with any spaces and hyphens, and with O for 0 and I or L for 1.
pub(crate) fn read(text: &str) -> Result<RecoverySecret, RecoveryError> {
    let mut values = Zeroizing::new(Vec::with_capacity(GROUPS * (DATA + 1)));
    let letters = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let (mut found, mut strange) = (0, None);
    for letter in letters {
        match value_of(letter) {
            // More than a key can have is only counted.
            Some(value) if found < GROUPS * (DATA + 1) => values.push(value),
            Some(_) => {}
            None => strange = strange.or(Some(found / (DATA + 1) + 1)),
        }
        found += 1;
    }
    if let Some(group) = strange.filter(|group| *group <= GROUPS) {
        return Err(RecoveryError::Character { group });
    }
    if found != GROUPS * (DATA + 1) {
        return Err(RecoveryError::Length { found });
    }
    let mut secret: RecoverySecret = Zeroizing::new([0; BYTES]);
    for (group, letters) in values.chunks_exact(DATA + 1).enumerate() {
        let &[a, b, c, d, told] = letters else { return Err(RecoveryError::Length { found }) };
        if check(group, [a, b, c, d]) != told {
            return Err(RecoveryError::Check { group: group + 1 });
        }
        for (index, value) in [a, b, c, d].into_iter().enumerate() {
            put_five_bits(secret.as_mut_slice(), group * DATA + index, value);
        }
    }
    Ok(secret)
}

fn value_of(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|known| char::from(*known) == letter).and_then(|value| u8::try_from(value).ok())
}

/// Notices each change of one letter, each exchange of two, and each group at a place that is not its own: the letters
/// are weighted by powers of a generator of GF(32).
fn check(group: usize, values: [u8; DATA]) -> u8 {
    let mut sum = u8::try_from(group % 32).unwrap_or(0);
    let mut weighted = 0;
    // Horner: the last letter has weight a, the one before a squared, and so on.
    for value in values {
        weighted = times_generator(weighted ^ value);
    }
    sum ^= weighted;
    sum
}

/// Multiplies by x modulo x⁵ + x² + 1.
const fn times_generator(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

fn five_bits(bytes: &[u8], index: usize) -> u8 {
    (0..5).fold(0, |value, bit| {
        let at = index * 5 + bit;
        let byte = bytes.get(at / 8).copied().unwrap_or(0);
        (value << 1) | ((byte >> (7 - at % 8)) & 1)
    })
}

fn put_five_bits(bytes: &mut [u8], index: usize, value: u8) {
    for bit in 0..5 {
        let at = index * 5 + bit;
        if let Some(byte) = bytes.get_mut(at / 8) {
            *byte |= ((value >> (4 - bit)) & 1) << (7 - at % 8);
        }
    }
}

#[cfg(test)]
mod tests;
