//! Secrets never rest in the clear: every name, identifier and payload is stored in an envelope.
//!
//! An envelope is `codec version (1 byte) · key id (4, big endian) · nonce (12) · AES-256-GCM ciphertext and tag`
//! (NIST SP 800-38D). The associated data binds it to its place, so that a sealed value moved to another row or
//! column does not open. Data keys are wrapped by a master key, the master key by each slot: a key file, a passphrase,
//! the system's store, a credential of systemd, a recovery key. Any one slot opens the folder.

mod chunks;
mod cipher;
mod credential;
mod envelope;
mod error;
mod file;
mod key_file;
mod keychain;
mod keyring;
mod recovery;
mod slot;
mod step;
mod unlock;

pub use chunks::{SealedReader, SealedWriter};
pub use envelope::{EnvelopeError, Place};
pub use error::{KeyringError, Tried};
pub use keychain::user_secret;
pub use keyring::{DataKeyState, Keyring, NewSlot, RemovedSlot};
pub use recovery::RecoveryError;
pub use slot::SlotInfo;
pub use unlock::{Ask, Question, Unlock};
pub use zeroize::Zeroizing;
