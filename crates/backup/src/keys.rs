//! The keys of backups: derived from the folder's master key, which stays the same for all of the folder's life.

use std::fmt;

use groma_seal::{Keyring, Zeroizing};
use rand::RngCore as _;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{digest, hmac};
use uuid::Uuid;

/// What names, seals and opens everything in the repository of one folder.
#[derive(Clone)]
pub struct BackupKeys {
    folder: Uuid,
    names: hmac::Key,
    checks: hmac::Key,
    chunks: LessSafeKey,
    entries: LessSafeKey,
}

impl fmt::Debug for BackupKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackupKeys").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// What sealing adds.
pub(crate) const OVERHEAD: usize = NONCE_LEN + 16;

impl BackupKeys {
    /// Derives the keys from those of the folder.
    #[must_use]
    pub fn of(keyring: &Keyring) -> Self {
        let mac = |purpose| hmac::Key::new(hmac::HMAC_SHA256, keyring.derive(purpose).as_slice());
        Self {
            folder: keyring.folder(),
            names: mac("backup names"),
            checks: mac("backup config"),
            chunks: cipher(&keyring.derive("backup chunks")),
            entries: cipher(&keyring.derive("backup log")),
        }
    }

    /// Returns the id of the folder that they belong to.
    #[must_use]
    pub const fn folder(&self) -> Uuid {
        self.folder
    }

    /// Returns the name of a chunk (HMAC-SHA-256, RFC 2104): who lacks the keys cannot tell whether a repository holds
    /// what he knows.
    pub(crate) fn name(&self, plain: &[u8]) -> [u8; 32] {
        bytes(hmac::sign(&self.names, plain).as_ref())
    }

    /// Returns the check over a text that stands in the open.
    pub(crate) fn check(&self, text: &[u8]) -> [u8; 32] {
        bytes(hmac::sign(&self.checks, text).as_ref())
    }

    /// Seals a chunk, bound to its name.
    pub(crate) fn seal_chunk(&self, name: &[u8; 32], plain: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
        seal(&self.chunks, name, plain, &mut sealed);
        sealed
    }

    /// Opens a chunk in place; `None` if it is not what was sealed under that name.
    pub(crate) fn open_chunk<'a>(&self, name: &[u8; 32], sealed: &'a mut [u8]) -> Option<&'a [u8]> {
        open(&self.chunks, name, sealed)
    }

    /// Appends a sealed entry of the log, bound to `place`, to `out`.
    pub(crate) fn seal_entry(&self, place: &[u8], plain: &[u8], out: &mut Vec<u8>) {
        seal(&self.entries, place, plain, out);
    }

    /// Opens an entry of the log in place; `None` if it is not what was sealed for `place`.
    pub(crate) fn open_entry<'a>(&self, place: &[u8], sealed: &'a mut [u8]) -> Option<&'a [u8]> {
        open(&self.entries, place, sealed)
    }
}

/// Returns the SHA-256 of bytes.
pub(crate) fn sha256(plain: &[u8]) -> [u8; 32] {
    bytes(digest::digest(&digest::SHA256, plain).as_ref())
}

/// Returns a digest as an array.
pub(crate) fn bytes(digest: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(digest) {
        *to = *from;
    }
    out
}

fn cipher(key: &Zeroizing<[u8; 32]>) -> LessSafeKey {
    match UnboundKey::new(&AES_256_GCM, key.as_slice()) {
        Ok(key) => LessSafeKey::new(key),
        Err(_) => unreachable!("a 32-byte array always is an AES-256 key"),
    }
}

/// Appends nonce, ciphertext and tag. Random nonces allow 2^32 messages under a key: 1 PiB in chunks of 256 KiB.
fn seal(key: &LessSafeKey, aad: &[u8], plain: &[u8], out: &mut Vec<u8>) {
    let mut nonce = [0; NONCE_LEN];
    rand::rng().fill_bytes(&mut nonce);
    out.extend_from_slice(&nonce);
    let start = out.len();
    out.extend_from_slice(plain);
    let body = out.get_mut(start..).unwrap_or_default();
    match key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body) {
        Ok(tag) => out.extend_from_slice(tag.as_ref()),
        Err(_) => unreachable!("what is sealed is far below AES-GCM's limit of 64 GiB"),
    }
}

fn open<'a>(key: &LessSafeKey, aad: &[u8], sealed: &'a mut [u8]) -> Option<&'a [u8]> {
    let (nonce, body) = sealed.split_at_mut_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    key.open_in_place(nonce, Aad::from(aad), body).ok().map(|plain| &*plain)
}
