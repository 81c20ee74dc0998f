//! Secrets that requests name, from the system's keychain.

use async_trait::async_trait;
use groma_database::apart;
use groma_execution::{SecretError, SecretSource};
use groma_seal::Zeroizing;

/// The keychain of this user: the Secret Service of a desktop session, then the kernel's keyring.
#[derive(Debug, Clone, Copy)]
pub struct Keychain;

#[async_trait]
impl SecretSource for Keychain {
    async fn secret(&self, name: &str) -> Result<Zeroizing<String>, SecretError> {
        let refused = |why: String| SecretError::Refused { name: name.to_owned(), why };
        let asked = name.to_owned();
        let said = apart("keychain", move || groma_seal::user_secret(&asked)).await;
        let secret = said.map_err(|error| refused(error.to_string()))?.map_err(refused)?;
        let text = std::str::from_utf8(&secret).map_err(|_| refused("it is no text".to_owned()))?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}
