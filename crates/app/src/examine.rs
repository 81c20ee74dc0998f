//! Looking at a data folder without taking it: what `groma doctor` tells when nobody holds it.

use std::path::{Path, PathBuf};

use groma_database::{Examined, Folder, Look};
use groma_seal::{Keyring, KeyringError, SlotInfo, Unlock};

use crate::open::socket_path;

/// What a data folder looks like from outside; nothing was changed.
#[derive(Debug)]
pub enum Examination {
    /// There is no folder, or nothing in it yet.
    Unused,
    /// Another process holds the folder: ask it.
    Held {
        /// Its id; `None` while it has not yet said who it is.
        pid: Option<u32>,
        /// Its version, likewise.
        version: Option<String>,
        /// Where it serves.
        socket: PathBuf,
    },
    /// Nobody does.
    Free(Free),
    /// It changed hands while it was looked at.
    Changed,
}

/// What is in a folder that nobody holds.
#[derive(Debug)]
pub struct Free {
    /// The database; `Ok(None)` if there is none yet, an error if it cannot be read.
    pub database: Result<Option<Examined>, String>,
    /// Its keys, as the slots tell; `None` if there are none yet.
    pub keys: Option<Result<Vec<SlotInfo>, KeyringError>>,
}

/// Looks at a folder; changes nothing and takes it from nobody. This reads the whole database.
///
/// # Errors
/// When the folder itself cannot be looked at.
pub fn examine(data_dir: &Path, unlock: &Unlock) -> std::io::Result<Examination> {
    match Folder::look(data_dir)? {
        Look::Unused => return Ok(Examination::Unused),
        Look::Held(holder) => {
            return Ok(Examination::Held {
                pid: holder.as_ref().map(|holder| holder.pid),
                version: holder.as_ref().map(|holder| holder.version.clone()),
                socket: holder.map_or_else(|| socket_path(data_dir), |holder| holder.socket),
            });
        }
        Look::Free => {}
    }
    let database = groma_database::examine(data_dir).map_err(|error| error.to_string());
    let none = !data_dir.join(Keyring::FILE).exists() && matches!(database, Ok(None));
    let keys = (!none).then(|| Keyring::open(data_dir, unlock, false).map(|keyring| keyring.slots()));
    // What was read while somebody wrote may be anything.
    if Folder::look(data_dir)? != Look::Free || changed(data_dir, &database) {
        return Ok(Examination::Changed);
    }
    Ok(Examination::Free(Free { database, keys }))
}

/// Returns where the holder of a folder serves the others.
#[must_use]
pub fn socket_of(data_dir: &Path) -> PathBuf {
    socket_path(data_dir)
}

/// Returns where the holder of a folder serves; `None` if nobody holds it. Takes it from nobody.
///
/// # Errors
/// When the folder itself cannot be looked at.
pub fn served_at(data_dir: &Path) -> std::io::Result<Option<PathBuf>> {
    Ok(match Folder::look(data_dir)? {
        Look::Unused | Look::Free => None,
        Look::Held(holder) => Some(holder.map_or_else(|| socket_path(data_dir), |holder| holder.socket)),
    })
}

/// Returns whether somebody came and went meanwhile.
fn changed(data_dir: &Path, database: &Result<Option<Examined>, String>) -> bool {
    match database {
        Ok(Some(examined)) => examined.changed(),
        Ok(None) => data_dir.join(groma_database::Database::FILE).exists(),
        Err(_) => false,
    }
}
