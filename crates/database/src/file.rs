//! Opening the database file: settings, damage, setting aside.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::migrations;

/// What was found at the file's place.
pub(crate) enum Found {
    /// A database of ours, or none yet.
    Usable(Connection),
    /// Bytes that are no sound database.
    Damaged(String),
    /// A database of a later version.
    TooNew(i64),
}

/// Files above this size are not read through at every start.
const CHECK_BYTES_MAX: u64 = 64 << 20;

/// Opens the file for writing and looks whether it is sound.
pub(crate) fn open_writer(path: &Path) -> rusqlite::Result<Found> {
    match try_open(path) {
        Err(error) if is_damage(&error) => Ok(Found::Damaged(error.to_string())),
        other => other,
    }
}

fn try_open(path: &Path) -> rusqlite::Result<Found> {
    // SQLite gives the files beside it the mode of the database. If this fails, so does what follows, and says why.
    let _ = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    settings(&connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    let version = migrations::version(&connection)?;
    if version > migrations::CURRENT {
        return Ok(Found::TooNew(version));
    }
    if fs::metadata(path).is_ok_and(|file| file.len() <= CHECK_BYTES_MAX) {
        let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Ok(Found::Damaged(verdict));
        }
    }
    Ok(Found::Usable(connection))
}

/// Opens the file for reading.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    settings(&connection)?;
    Ok(connection)
}

fn settings(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "cache_size", -8000)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

/// Moves the file and its companions out of the way, so that a new one can begin; nothing is deleted.
pub(crate) fn set_aside(path: &Path, stamp: u64) -> std::io::Result<PathBuf> {
    let aside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".damaged-{stamp}{suffix}"));
        PathBuf::from(name)
    };
    for suffix in ["-wal", "-shm", ""] {
        let mut from = path.as_os_str().to_owned();
        from.push(suffix);
        match fs::rename(&from, aside(suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside(""))
}

pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Returns whether an error means that storage can no longer be trusted or written.
pub(crate) fn is_fatal(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::OutOfMemory
        )
    )
}
