//! A credential that systemd hands to a service: a file in a folder that only the service sees.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Component, Path};

use zeroize::Zeroizing;

use crate::error::KeyringError;

/// Fewer bytes could be guessed: nothing slows a guesser down here.
const BYTES_MIN: usize = 32;
const BYTES_MAX: u64 = 64 << 10;

/// Returns what a credential holds.
pub(crate) fn read(directory: Option<&Path>, name: &str) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
    let refuse = |why: String| KeyringError::Credential { name: name.to_owned(), why };
    let mut parts = Path::new(name).components();
    if !matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None)) {
        return Err(refuse("a credential's name has no slashes".to_owned()));
    }
    let directory = directory.ok_or_else(|| {
        refuse(format!(
            "CREDENTIALS_DIRECTORY is not set: start Groma as a systemd service with LoadCredentialEncrypted={name}:…"
        ))
    })?;
    let path = directory.join(name);
    let failed = |error: std::io::Error| refuse(format!("{}: {error}", path.display()));
    if !fs::metadata(&path).map_err(failed)?.is_file() {
        return Err(refuse(format!("{} is not a file", path.display())));
    }
    let mut secret = Zeroizing::new(Vec::new());
    File::open(&path).and_then(|file| file.take(BYTES_MAX).read_to_end(&mut secret)).map_err(failed)?;
    if secret.len() < BYTES_MIN {
        return Err(refuse(format!(
            "it holds {} bytes, fewer than {BYTES_MIN}: make one with `openssl rand 32 | systemd-creds encrypt - …`",
            secret.len()
        )));
    }
    Ok(secret)
}
