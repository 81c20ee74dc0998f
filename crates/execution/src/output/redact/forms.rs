//! The forms in which a secret is usually written.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::SECRET_BYTES_MIN;

/// Columns after which programs break Base64.
const BASE64_COLUMNS: [usize; 2] = [76, 64];
/// What programs leave as it is in a URL, besides letters, digits and `-._~`.
const URL_KEPT: [&[u8]; 3] = [b"", b"/", b"!*'()"];

/// Returns all forms of all secrets, each of [`SECRET_BYTES_MIN`] bytes at least.
pub(super) fn needles(secrets: &[Zeroizing<Vec<u8>>]) -> Vec<Zeroizing<Vec<u8>>> {
    let mut forms = Forms(Vec::new());
    for secret in secrets {
        forms.add_all(secret);
        // A value that was read from a file often ends in a line feed that is printed without it.
        forms.add_all(secret.trim_ascii_end());
        for line in secret.split(|byte| *byte == b'\n') {
            forms.add(line.trim_ascii().to_vec());
        }
    }
    forms.0
}

struct Forms(Vec<Zeroizing<Vec<u8>>>);

impl Forms {
    fn add(&mut self, form: Vec<u8>) {
        let form = Zeroizing::new(form);
        if form.len() >= SECRET_BYTES_MIN {
            self.0.push(form);
        }
    }

    fn add_all(&mut self, secret: &[u8]) {
        if secret.len() < SECRET_BYTES_MIN {
            return;
        }
        self.add(secret.to_vec());
        self.add_base64(secret);
        self.add_url(secret);
        self.add_json(secret);
    }

    /// Base64 of it alone, and what does not depend on its neighbours where it stands in something longer.
    fn add_base64(&mut self, secret: &[u8]) {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let alone = Zeroizing::new(engine.encode(secret));
            let padded = Zeroizing::new(format!("{}{}", *alone, &"=="[..(3 - secret.len() % 3) % 3]));
            for text in [&alone, &padded] {
                self.add(text.as_bytes().to_vec());
                for columns in BASE64_COLUMNS {
                    for line in text.as_bytes().chunks(columns) {
                        self.add(line.to_vec());
                    }
                }
            }
            for before in 0..3 {
                let mut bytes = Zeroizing::new(vec![0; before]);
                bytes.extend_from_slice(secret);
                let text = Zeroizing::new(engine.encode(&bytes));
                // A character has 6 bits: the first that has none of those before, the last that has all its bits.
                let (begin, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
                self.add(text.as_bytes().get(begin..end).unwrap_or_default().to_vec());
            }
        }
    }

    fn add_url(&mut self, secret: &[u8]) {
        for kept in URL_KEPT {
            for space in ["%20", "+"] {
                let mut upper = String::new();
                let mut lower = String::new();
                for &byte in secret {
                    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
                        upper.push(char::from(byte));
                        lower.push(char::from(byte));
                    } else if byte == b' ' {
                        upper.push_str(space);
                        lower.push_str(space);
                    } else {
                        // Writing to a string does not fail.
                        let _ = write!(upper, "%{byte:02X}");
                        let _ = write!(lower, "%{byte:02x}");
                    }
                }
                self.add(upper.into_bytes());
                self.add(lower.into_bytes());
            }
        }
    }

    /// As it stands between the quotes of a JSON text: with as little escaped as may be, `/` too, or all but ASCII.
    fn add_json(&mut self, secret: &[u8]) {
        let Ok(text) = std::str::from_utf8(secret) else { return };
        let Ok(quoted) = serde_json::to_string(text) else { return };
        let inner = &quoted[1..quoted.len() - 1];
        self.add(inner.as_bytes().to_vec());
        self.add(inner.replace('/', "\\/").into_bytes());
        for upper in [false, true] {
            let mut ascii = String::new();
            for character in inner.chars() {
                if character.is_ascii() {
                    ascii.push(character);
                    continue;
                }
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // As above.
                    let _ =
                        if upper { write!(ascii, "\\u{unit:04X}") } else { write!(ascii, "\\u{unit:04x}") };
                }
            }
            self.add(ascii.into_bytes());
        }
    }
}
