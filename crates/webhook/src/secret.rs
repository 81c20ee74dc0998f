//! Signing secrets and signatures as Standard Webhooks has them: HMAC-SHA256 over `id.timestamp.body`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::hmac;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

const PREFIX: &str = "whsec_";
/// As long as the digest: more adds nothing.
const BYTES: usize = 32;

/// One signing secret. It is shown once, when it is made.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<Vec<u8>>);

/// Returned when a text is no signing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signing secret: expected `whsec_` and 24 to 64 bytes as base64")]
pub(crate) struct SecretError;

impl Secret {
    /// Makes one of 256 random bits.
    pub(crate) fn random() -> Self {
        let mut bytes = Zeroizing::new(vec![0; BYTES]);
        rand::Rng::fill(&mut rand::rng(), bytes.as_mut_slice());
        Self(bytes)
    }

    /// Reads one as it is shown.
    ///
    /// # Errors
    /// When it has another form.
    pub(crate) fn parse(text: &str) -> Result<Self, SecretError> {
        let bytes = BASE64.decode(text.strip_prefix(PREFIX).ok_or(SecretError)?).map_err(|_| SecretError)?;
        let bytes = Zeroizing::new(bytes);
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(SecretError) }
    }

    /// Writes it as it is shown.
    pub(crate) fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64.encode(self.0.as_slice()))
    }

    /// Returns the signature of a message, as `v1,` and base64.
    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let mut signing = hmac::Context::with_key(&key);
        signing.update(id.as_bytes());
        signing.update(b".");
        signing.update(timestamp.to_string().as_bytes());
        signing.update(b".");
        signing.update(body);
        format!("v1,{}", BASE64.encode(signing.sign()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.reveal())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Returns the value of `webhook-signature`: one signature for each secret, newest first.
pub(crate) fn signature<'a>(
    secrets: impl IntoIterator<Item = &'a Secret>,
    id: &str,
    timestamp: i64,
    body: &[u8],
) -> String {
    let signatures: Vec<_> = secrets.into_iter().map(|secret| secret.sign(id, timestamp, body)).collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests;
