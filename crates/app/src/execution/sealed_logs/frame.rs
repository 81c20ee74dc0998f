//! The frames of a sealed part.

use std::fmt;
use std::io;

use groma_execution::LogPart;
use groma_inventory::LogKey;
use rand::RngCore as _;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use uuid::Uuid;

/// What a sealed part begins with.
pub(super) const MAGIC: &[u8; 8] = b"GROMALG1";
/// Bytes before a frame's body that say how long that is.
pub(super) const LENGTH_BYTES: usize = 4;
/// What sealing adds to a frame's body.
pub(super) const EXTRA: usize = NONCE_LEN + 16;
/// Bytes that one frame holds at most: reading a line opens no more than that.
pub(super) const PLAIN_MAX: usize = 64 << 10;

/// Seals and opens the frames of one part.
pub(super) struct PartKey(LessSafeKey);

impl PartKey {
    /// Derives the key of a part.
    pub(super) fn derive(key: &LogKey, id: Uuid, part: LogPart) -> io::Result<Self> {
        let part = match part {
            LogPart::Index => "index".to_owned(),
            LogPart::Output { segment } => format!("output {segment}"),
        };
        let run = Salt::new(HKDF_SHA256, b"groma log").extract(key.bytes());
        let info = [id.as_bytes().as_slice(), part.as_bytes()];
        let own = run.expand(&info, &AES_256_GCM).map_err(|_| io::Error::other("no key could be derived"))?;
        Ok(Self(LessSafeKey::new(UnboundKey::from(own))))
    }

    /// Appends a frame of `plain`, which begins at `offset` of the part, to `out`.
    ///
    /// Nonces are random: a frame that was torn and is written anew never uses one twice.
    pub(super) fn seal(&self, offset: u64, plain: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let mut nonce = [0; NONCE_LEN];
        rand::rng().fill_bytes(&mut nonce);
        let length = u32::try_from(plain.len() + EXTRA).map_err(io::Error::other)?;
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&nonce);
        let body = out.len();
        out.extend_from_slice(plain);
        let place = out.get_mut(body..).unwrap_or_default();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.0.seal_in_place_separate_tag(nonce, Aad::from(offset.to_be_bytes()), place);
        out.extend_from_slice(tag.map_err(|_| io::Error::other("a frame could not be sealed"))?.as_ref());
        Ok(())
    }

    /// Opens a frame's body in place; `None` if it is not what was sealed at `offset`.
    pub(super) fn open<'a>(&self, offset: u64, body: &'a mut [u8]) -> Option<&'a [u8]> {
        let (nonce, sealed) = body.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        self.0.open_in_place(nonce, Aad::from(offset.to_be_bytes()), sealed).ok().map(|plain| &*plain)
    }
}

impl fmt::Debug for PartKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartKey")
    }
}
