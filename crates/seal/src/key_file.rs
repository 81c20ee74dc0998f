//! The key file: one line, outside the data folder, readable by its owner alone.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroizing;

use crate::cipher::{KeyBytes, random_key};
use crate::error::KeyringError;
use crate::step::step;

const MARK: &str = "GROMA-KEY-1 ";

/// Makes a key file with a new random key; refuses to overwrite one. Once this returns, it outlives a crash.
pub(crate) fn create(path: &Path) -> Result<KeyBytes, KeyringError> {
    let failed = |source| KeyringError::WriteKeyFile { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    }
    let key = random_key();
    let line = Zeroizing::new(format!("{MARK}{}\n", BASE64.encode(key.as_slice())));
    let mut file = new_or_empty(path).map_err(failed)?;
    step("key file made");
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    step("key file written");
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    }
    Ok(key)
}

/// Opens a file in which nothing is: a new one, or what is left if the process died before it wrote the key.
fn new_or_empty(path: &Path) -> std::io::Result<File> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(path)?;
            let (user, ours) = (rustix::process::geteuid().as_raw(), found.is_file() && found.len() == 0);
            if !ours || found.uid() != user || found.mode() & 0o077 != 0 {
                return Err(error);
            }
            OpenOptions::new().write(true).open(path)
        }
        opened => opened,
    }
}

/// Reads a key file; refuses one that others can read.
pub(crate) fn read(path: &Path) -> Result<KeyBytes, KeyringError> {
    let failed = |source| KeyringError::ReadKeyFile { path: path.to_owned(), source };
    let malformed = || KeyringError::KeyFileMalformed { path: path.to_owned() };
    // Looked at first: opening a pipe that nobody writes to would wait for ever.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(malformed());
    }
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyringError::KeyFileTooOpen { path: path.to_owned(), mode });
    }
    let (owner, user) = (metadata.uid(), rustix::process::geteuid().as_raw());
    if owner != user && owner != 0 {
        return Err(KeyringError::KeyFileOfOther { path: path.to_owned(), owner });
    }
    let mut text = Zeroizing::new(String::new());
    file.take(1024).read_to_string(&mut text).map_err(failed)?;
    let body = text.trim_end().strip_prefix(MARK).ok_or_else(malformed)?;
    let decoded = Zeroizing::new(BASE64.decode(body).map_err(|_| malformed())?);
    let mut key = Zeroizing::new([0; 32]);
    if decoded.len() != key.len() {
        return Err(malformed());
    }
    key.copy_from_slice(&decoded);
    Ok(key)
}

/// Deletes a key file, if it is one.
pub(crate) fn delete(path: &Path) -> Result<(), KeyringError> {
    let failed = |source| KeyringError::WriteKeyFile { path: path.to_owned(), source };
    match read(path) {
        Ok(_) => fs::remove_file(path).map_err(failed),
        Err(KeyringError::ReadKeyFile { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            Ok(())
        }
        Err(error) => Err(error),
    }
}
