//! Where secrets come from that a request only names.

use std::fmt;

use async_trait::async_trait;
use zeroize::Zeroizing;

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Nothing has that name.
    #[error("the keychain has nothing under `{0}`")]
    NotFound(String),
    /// The keychain refuses.
    #[error("the keychain cannot be asked for `{name}`: {why}")]
    Refused {
        /// What was asked for.
        name: String,
        /// What it said.
        why: String,
    },
}

/// A keychain.
#[async_trait]
pub trait SecretSource: Send + Sync + fmt::Debug {
    /// Returns the secret of that name.
    async fn secret(&self, name: &str) -> Result<Zeroizing<String>, SecretError>;
}
