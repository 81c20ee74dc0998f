//! AES-256-GCM with random nonces, and the keyed digest under which sealed values are looked up.

use rand::RngCore;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use zeroize::Zeroizing;

/// A 256-bit key that is wiped when dropped.
pub(crate) type KeyBytes = Zeroizing<[u8; 32]>;

/// Returned when a ciphertext is not what was sealed with this key and associated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Forged;

/// Returns a new random key.
pub(crate) fn random_key() -> KeyBytes {
    let mut bytes = Zeroizing::new([0; 32]);
    rand::rng().fill_bytes(bytes.as_mut());
    bytes
}

/// A ready cipher.
pub(crate) struct Cipher(LessSafeKey);

impl Cipher {
    pub(crate) const OVERHEAD: usize = NONCE_LEN + 16;

    pub(crate) fn new(key: &KeyBytes) -> Self {
        match UnboundKey::new(&AES_256_GCM, key.as_slice()) {
            Ok(key) => Self(LessSafeKey::new(key)),
            Err(_) => unreachable!("a 32-byte array always is an AES-256 key"),
        }
    }

    /// Appends nonce, ciphertext and tag to `out`.
    pub(crate) fn seal_into(&self, aad: &[u8], plain: &[u8], out: &mut Vec<u8>) {
        let mut nonce = [0; NONCE_LEN];
        rand::rng().fill_bytes(&mut nonce);
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(plain);
        let tag = self.0.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(aad),
            out.get_mut(start..).unwrap_or_default(),
        );
        match tag {
            Ok(tag) => out.extend_from_slice(tag.as_ref()),
            Err(_) => unreachable!("values are far below AES-GCM's limit of 64 GiB"),
        }
    }

    /// Opens what [`Self::seal_into`] appended, and appends it to `out`; a forgery leaves `out` as it was.
    pub(crate) fn open_into(&self, aad: &[u8], sealed: &[u8], out: &mut Vec<u8>) -> Result<(), Forged> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(Forged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Forged)?;
        let start = out.len();
        out.extend_from_slice(body);
        let opened = out.get_mut(start..).unwrap_or_default();
        let opened = self.0.open_in_place(nonce, Aad::from(aad), opened).map(|plain| plain.len());
        out.truncate(start + opened.unwrap_or_default());
        opened.map(|_| ()).map_err(|_| Forged)
    }

    /// Opens what [`Self::seal_into`] appended.
    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Forged> {
        let mut plain = Vec::with_capacity(sealed.len());
        self.open_into(aad, sealed, &mut plain)?;
        Ok(plain)
    }
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher")
    }
}

/// Returns HMAC-SHA-256 (RFC 2104) of the parts, each preceded by its length.
pub(crate) fn keyed_digest(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.sign().as_ref());
    digest
}
