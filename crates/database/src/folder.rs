//! The data folder: whoever holds its lock serves it.

mod look;

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use self::look::Look;

/// Who holds a folder; readable by other processes of the same user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// The socket on which it serves the others.
    pub socket: PathBuf,
    /// Whether it ends when it is asked to by a signal (SIGTERM) and leaves its work to a server.
    #[serde(default)]
    pub yields: bool,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process holds it; `None` while that process has not yet said who it is.
    #[error("the data folder `{path}` is held by another process", path = path.display())]
    Held {
        /// The folder.
        path: PathBuf,
        /// The process.
        holder: Option<Holder>,
    },
    /// It belongs to another user.
    #[error(
        "the data folder `{path}` belongs to user {owner}, and this is user {user}: run as that user, or choose \
         another folder with --data-dir", path = path.display()
    )]
    OtherOwner {
        /// The folder.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// This process's user.
        user: u32,
    },
    /// The system refused.
    #[error("failed to {act} `{path}`: {hint}", path = path.display())]
    Io {
        /// What was being done.
        act: &'static str,
        /// To what.
        path: PathBuf,
        /// What to do.
        hint: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
}

/// A data folder that this process holds; released when dropped, or when the process dies.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    lock: File,
}

const LOCK: &str = "groma.lock";
const EPOCH: &str = "epoch";

impl Folder {
    /// Takes the folder, making it if there is none.
    ///
    /// # Errors
    /// When another process holds it, it belongs to another user, or it cannot be written.
    pub fn take(path: &Path) -> Result<Self, FolderError> {
        let failed =
            |act, source| FolderError::Io { act, path: path.to_owned(), hint: hint(&source), source };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| failed("create the data folder", error))?;
        let metadata = fs::metadata(path).map_err(|error| failed("look at the data folder", error))?;
        let user = rustix::process::geteuid().as_raw();
        if metadata.uid() != user {
            return Err(FolderError::OtherOwner { path: path.to_owned(), owner: metadata.uid(), user });
        }
        let lock_path = path.join(LOCK);
        let lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&lock_path);
        let mut lock = lock.map_err(|error| failed("write to the data folder", error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(FolderError::Held { path: path.to_owned(), holder: read_holder(&mut lock) });
            }
            Err(TryLockError::Error(error)) => return Err(failed("lock the data folder", error)),
        }
        if metadata.permissions().mode() & 0o077 != 0 {
            let private = fs::Permissions::from_mode(0o700);
            fs::set_permissions(path, private)
                .map_err(|error| failed("make private the data folder", error))?;
        }
        let mut folder = Self { path: path.to_owned(), lock };
        folder.write_lock(b"").map_err(|error| failed("write to the data folder", error))?;
        Ok(folder)
    }

    /// Returns where the folder is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tells other processes who holds the folder. Call once the socket accepts.
    ///
    /// # Errors
    /// When the lock file cannot be written.
    pub fn announce(&mut self, holder: &Holder) -> Result<(), FolderError> {
        let act = "write who holds the data folder to";
        let path = self.path.join(LOCK);
        let text = serde_json::to_vec(holder).unwrap_or_default();
        self.write_lock(&text).map_err(|source| FolderError::Io { act, path, hint: hint(&source), source })
    }

    /// Begins a new history: returns a number above every earlier one, near `now_millis`.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub fn next_epoch(&self, now_millis: u64) -> Result<u64, FolderError> {
        let path = self.path.join(EPOCH);
        let before: u64 =
            fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        let next = now_millis.max(before + 1);
        let beside = self.path.join("epoch.new");
        let create = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside);
        let kept = create.and_then(|mut file| {
            file.write_all(next.to_string().as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, &path)?;
            File::open(&self.path)?.sync_all()
        });
        kept.map_err(|source| FolderError::Io { act: "write", path, hint: hint(&source), source })?;
        Ok(next)
    }

    fn write_lock(&mut self, text: &[u8]) -> std::io::Result<()> {
        self.lock.set_len(0)?;
        self.lock.rewind()?;
        self.lock.write_all(text)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Best effort: an empty lock file only spares the next process a look at a holder that is gone.
        let _ = self.write_lock(b"");
    }
}

fn read_holder(lock: &mut File) -> Option<Holder> {
    let mut text = String::new();
    lock.take(64 * 1024).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn hint(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            "give this user the right to write there, or choose another folder with --data-dir"
        }
        std::io::ErrorKind::ReadOnlyFilesystem => {
            "the file system is read-only: choose another folder with --data-dir"
        }
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            "the disk is full: free some space and start again"
        }
        _ => "see the cause, or choose another folder with --data-dir",
    }
}

#[cfg(test)]
mod tests;
