//! Looking at a folder without taking it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use super::{Folder, Holder, LOCK, read_holder};

/// Who holds a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// There is no folder, or nothing was ever put there.
    Unused,
    /// Nobody.
    Free,
    /// A process; `None` while it has not yet said who it is.
    Held(Option<Holder>),
}

impl Folder {
    /// Tells who holds the folder; changes nothing, and takes it from nobody.
    ///
    /// # Errors
    /// When the lock file cannot be read.
    pub fn look(path: &Path) -> io::Result<Look> {
        let mut lock = match File::open(path.join(LOCK)) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Look::Unused),
            Err(error) => return Err(error),
        };
        // Shared, and let go at once: whoever comes in this moment tries again.
        match lock.try_lock_shared() {
            Ok(()) => Ok(Look::Free),
            Err(TryLockError::WouldBlock) => Ok(Look::Held(read_holder(&mut lock))),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
