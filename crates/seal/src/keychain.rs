//! The system's own store of secrets: the Secret Service of a desktop session, or the kernel's keyring.
//!
//! A store is trusted only after a probe was written to it, read back and deleted. Every access runs on a thread of its
//! own: the stores wait for other processes, and one that asks its user may wait for long.

#[cfg(target_os = "linux")]
mod kernel;
#[cfg(feature = "secret-service")]
mod secret_service;

use std::sync::mpsc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::cipher::random_key;
use crate::error::KeyringError;

/// Which store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Store {
    /// The desktop's, over D-Bus.
    SecretService,
    /// The kernel's; forgotten when the machine is started again.
    KernelKeyring,
}

/// How long a person has to unlock the store.
const WAIT_MAX: Duration = Duration::from_secs(90);

/// What a store said.
type Said<T> = Result<T, String>;

impl Store {
    /// In order of preference.
    const ALL: &'static [Self] = &[Self::SecretService, Self::KernelKeyring];

    /// Returns its name for people.
    pub(crate) const fn shown(self) -> &'static str {
        match self {
            Self::SecretService => "Secret Service",
            Self::KernelKeyring => "kernel keyring (forgotten at the next start of the machine)",
        }
    }

    /// Returns whether it outlives the machine's next start.
    pub(crate) const fn durable(self) -> bool {
        match self {
            Self::SecretService => true,
            Self::KernelKeyring => false,
        }
    }

    fn set(self, account: &str, secret: &[u8]) -> Said<()> {
        match self {
            #[cfg(feature = "secret-service")]
            Self::SecretService => secret_service::set(account, secret),
            #[cfg(not(feature = "secret-service"))]
            Self::SecretService => Err(LEFT_OUT.to_owned()),
            #[cfg(target_os = "linux")]
            Self::KernelKeyring => kernel::set(account, secret),
            #[cfg(not(target_os = "linux"))]
            Self::KernelKeyring => Err(LEFT_OUT.to_owned()),
        }
    }

    fn get(self, account: &str) -> Said<Vec<u8>> {
        match self {
            #[cfg(feature = "secret-service")]
            Self::SecretService => secret_service::get(account),
            #[cfg(not(feature = "secret-service"))]
            Self::SecretService => Err(LEFT_OUT.to_owned()),
            #[cfg(target_os = "linux")]
            Self::KernelKeyring => kernel::get(account),
            #[cfg(not(target_os = "linux"))]
            Self::KernelKeyring => Err(LEFT_OUT.to_owned()),
        }
    }

    fn delete(self, account: &str) -> Said<()> {
        match self {
            #[cfg(feature = "secret-service")]
            Self::SecretService => secret_service::delete(account),
            #[cfg(not(feature = "secret-service"))]
            Self::SecretService => Err(LEFT_OUT.to_owned()),
            #[cfg(target_os = "linux")]
            Self::KernelKeyring => kernel::delete(account),
            #[cfg(not(target_os = "linux"))]
            Self::KernelKeyring => Err(LEFT_OUT.to_owned()),
        }
    }

    /// Writes, reads back and deletes an entry that nobody needs.
    fn probe(self) -> Said<()> {
        let account = format!("probe-{}", Uuid::new_v4());
        let secret = random_key();
        self.set(&account, secret.as_slice())?;
        let read = self.get(&account).map(Zeroizing::new);
        self.delete(&account)?;
        if read?.as_slice() == secret.as_slice() {
            Ok(())
        } else {
            Err("what was read back is not what was written".to_owned())
        }
    }
}

#[cfg(any(not(feature = "secret-service"), not(target_os = "linux")))]
const LEFT_OUT: &str = "this build of Groma was made without it";

/// Puts a secret into the first store that works, and returns which that is.
pub(crate) fn put(account: &str, secret: &[u8]) -> Result<Store, KeyringError> {
    let (account, secret) = (account.to_owned(), Zeroizing::new(secret.to_vec()));
    apart("write to", move || {
        let mut refused = Vec::new();
        for store in Store::ALL.iter().copied() {
            match store.probe().and_then(|()| store.set(&account, &secret)) {
                Ok(()) => return Ok(store),
                Err(why) => refused.push(format!("{}: {why}", store.shown())),
            }
        }
        Err(refused.join("; "))
    })
}

/// Returns a secret.
pub(crate) fn get(store: Store, account: &str) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
    let account = account.to_owned();
    apart("read from", move || {
        store.get(&account).map(Zeroizing::new).map_err(|why| format!("{}: {why}", store.shown()))
    })
}

/// Returns a secret that its user put into the system's store, under the account `groma-secret:<name>` of the
/// application `groma`; the stores are asked in order.
///
/// # Errors
/// When no store gives it: what each of them said.
pub fn user_secret(name: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let account = format!("groma-secret:{name}");
    let mut refused = Vec::new();
    for store in Store::ALL.iter().copied() {
        match get(store, &account) {
            Ok(secret) => return Ok(secret),
            Err(error) => refused.push(error.to_string()),
        }
    }
    Err(format!(
        "{} (it is looked for as the account {account} of the application groma)",
        refused.join("; ")
    ))
}

/// Deletes a secret.
pub(crate) fn delete(store: Store, account: &str) -> Result<(), KeyringError> {
    let account = account.to_owned();
    apart("delete from", move || store.delete(&account).map_err(|why| format!("{}: {why}", store.shown())))
}

fn apart<T: Send + 'static>(
    act: &'static str,
    ask: impl FnOnce() -> Said<T> + Send + 'static,
) -> Result<T, KeyringError> {
    let refuse = |why: String| KeyringError::Keychain { act, why };
    let (reply, answer) = mpsc::channel();
    let run = move || {
        // Nobody listens any more if it took too long.
        let _ = reply.send(ask());
    };
    std::thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(run)
        .map_err(|error| refuse(format!("no thread could be had: {error}")))?;
    match answer.recv_timeout(WAIT_MAX) {
        Ok(said) => said.map_err(refuse),
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Err(refuse(format!("it did not answer within {} seconds: is it locked?", WAIT_MAX.as_secs())))
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(refuse("it failed without saying why".to_owned())),
    }
}

#[cfg(test)]
pub(crate) mod tests;
