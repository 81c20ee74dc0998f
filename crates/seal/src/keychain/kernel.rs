//! The kernel's keyring of this session and user.

use std::sync::Arc;

use keyring_core::Entry;
use keyring_core::api::CredentialStoreApi as _;
use linux_keyutils_keyring_store::Store;

const SERVICE: &str = "groma";

fn entry(account: &str) -> Result<Entry, String> {
    let store: Arc<Store> = Store::new().map_err(told)?;
    store.build(SERVICE, account, None).map_err(told)
}

pub(super) fn set(account: &str, secret: &[u8]) -> Result<(), String> {
    entry(account)?.set_secret(secret).map_err(told)
}

pub(super) fn get(account: &str) -> Result<Vec<u8>, String> {
    entry(account)?.get_secret().map_err(told)
}

pub(super) fn delete(account: &str) -> Result<(), String> {
    match entry(account)?.delete_credential() {
        Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
        Err(error) => Err(told(error)),
    }
}

/// Some errors carry what was read: only their own words are passed on.
fn told(error: keyring_core::Error) -> String {
    error.to_string()
}
