//! The database as it is at one moment, in a file of its own.
//!
//! SQLite's online backup copies it while a read transaction stays open: the copy is of one moment, is never begun anew, and no
//! writer waits for it. What the writer adds meanwhile stays in the write-ahead log until the copy is done, which is why it is
//! copied to this disk first and sent from there. Pages keep their places, so that a chunk changes only if a page in it did
//! (`VACUUM INTO` would move them all).

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use groma_database::Database;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::error::BackupError;
use crate::progress::Meter;
use crate::source::Source;

/// A captured database; removed when dropped.
#[derive(Debug)]
pub(crate) struct Captured {
    folder: PathBuf,
    lock_path: PathBuf,
    /// Held as long as the copy is needed: one that nobody holds was left by a process that was killed.
    _lock: File,
    /// The copy.
    pub(crate) database: PathBuf,
    /// Its schema.
    pub(crate) schema: i64,
}

impl Drop for Captured {
    fn drop(&mut self) {
        // What stays is swept by the next backup.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = fs::remove_file(&self.lock_path);
    }
}

const BEGIN: &str = ".backup-";
const LOCK: &str = ".lock";
/// Copied in one go: 1 MiB of pages as they usually are.
const PAGES: std::ffi::c_int = 256;
/// Another process may be recovering the log.
const PATIENCE: Duration = Duration::from_secs(10);

/// Captures the database. Blocks.
pub(crate) fn capture(
    source: &Source,
    meter: &Meter,
    cancel: &CancellationToken,
) -> Result<Captured, BackupError> {
    sweep(&source.folder)?;
    let mut captured = prepare(&source.folder)?;
    captured.schema = copy(&source.database(), &captured.database, meter, cancel)?;
    Ok(captured)
}

/// Removes what backups left that were killed.
pub(crate) fn sweep(folder: &Path) -> Result<(), BackupError> {
    let failed =
        |path: &Path, error| BackupError::io("clear away what an earlier backup left in", path, error);
    for entry in fs::read_dir(folder).map_err(|error| BackupError::io("list", folder, error))? {
        let entry = entry.map_err(|error| BackupError::io("list", folder, error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(left) = name.strip_suffix(LOCK).filter(|name| name.starts_with(BEGIN)) else { continue };
        let path = entry.path();
        let free = match File::open(&path) {
            Ok(file) => match file.try_lock() {
                Ok(()) => true,
                Err(TryLockError::WouldBlock) => false,
                Err(TryLockError::Error(error)) => return Err(failed(&path, error)),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) => return Err(failed(&path, error)),
        };
        if free {
            let copy = folder.join(left);
            gone(fs::remove_dir_all(&copy)).map_err(|error| failed(&copy, error))?;
            gone(fs::remove_file(&path)).map_err(|error| failed(&path, error))?;
        }
    }
    Ok(())
}

fn prepare(folder: &Path) -> Result<Captured, BackupError> {
    let name = format!("{BEGIN}{}", Uuid::new_v4());
    let lock_path = folder.join(format!("{name}{LOCK}"));
    let failed = |error| BackupError::io("make room for a copy of the database in", folder, error);
    let lock =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&lock_path).map_err(failed)?;
    lock.try_lock().map_err(|error| failed(error.into()))?;
    let own = folder.join(name);
    DirBuilder::new().mode(0o700).create(&own).map_err(failed)?;
    let database = own.join(Database::FILE);
    Ok(Captured { folder: own, lock_path, _lock: lock, database, schema: 0 })
}

fn copy(from: &Path, to: &Path, meter: &Meter, cancel: &CancellationToken) -> Result<i64, BackupError> {
    let failed = |act, source| BackupError::Database { act, path: from.to_owned(), source };
    let read = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, read).map_err(|error| failed("open", error))?;
    let begin = || -> rusqlite::Result<(i64, u64)> {
        source.busy_timeout(PATIENCE)?;
        // From here on the moment is fixed.
        source.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")?;
        let schema = source.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let page = source.pragma_query_value(None, "page_size", |row| row.get::<_, i64>(0))?;
        Ok((schema, u64::try_from(page).unwrap_or(4096)))
    };
    let (schema, page) = begin().map_err(|error| failed("read", error))?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(|error| BackupError::io("make", to, error))?;
    let write = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut copy = Connection::open_with_flags(to, write).map_err(|error| failed("copy", error))?;
    // Of no use if this process dies.
    copy.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        .map_err(|error| failed("copy", error))?;
    let backup = Backup::new(&source, &mut copy).map_err(|error| failed("copy", error))?;
    let mut stuck = Instant::now();
    loop {
        if cancel.is_cancelled() {
            return Err(BackupError::Cancelled);
        }
        match backup.step(PAGES).map_err(|error| failed("copy", error))? {
            StepResult::Done => break,
            StepResult::More => {
                stuck = Instant::now();
                std::thread::yield_now();
            }
            _ if stuck.elapsed() < PATIENCE => std::thread::park_timeout(Duration::from_millis(5)),
            _ => return Err(failed("copy", rusqlite::Error::InvalidQuery)),
        }
        let progress = backup.progress();
        let pages = |count: i32| u64::try_from(count).unwrap_or(0) * page;
        meter.at(pages(progress.pagecount.saturating_sub(progress.remaining)), pages(progress.pagecount));
    }
    drop(backup);
    copy.close().map_err(|(_, error)| failed("copy", error))?;
    Ok(schema)
}

fn gone(outcome: std::io::Result<()>) -> std::io::Result<()> {
    match outcome {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}
