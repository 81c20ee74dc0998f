//! Secrets never rest in the clear: every name, identifier and payload is stored in an envelope.
//!
//! An envelope is `codec version (1 byte) · key id (4, big endian) · nonce (12) · AES-256-GCM ciphertext and tag`
//! (NIST SP 800-38D). The associated data binds it to its place, so that a sealed value moved to another row or
//! column does not open. Data keys are wrapped by a master key, the master key by each slot (key file, passphrase).

mod cipher;
mod envelope;
mod key_file;
mod keyring;
mod slot;

pub use envelope::{EnvelopeError, Place};
pub use keyring::{Keyring, KeyringError, SlotInfo, Unlock};
