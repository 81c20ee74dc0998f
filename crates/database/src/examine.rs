//! Looking at a database that nobody holds, without changing a byte of the folder.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::database::Database;
use crate::migrations;

/// What a database looks like from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What was committed since and is not yet folded into it: a process that held it was killed.
    pub wal_bytes: u64,
    /// The form of its tables; 0 if it has none.
    pub schema: i64,
    /// The newest form that this version knows.
    pub schema_known: i64,
    /// What is wrong with it, if anything is.
    pub damage: Option<String>,
    /// When it was last written.
    pub written_at: Option<SystemTime>,
}

impl Examined {
    /// Returns whether the files have been written since they were examined.
    #[must_use]
    pub fn changed(&self) -> bool {
        let (bytes, wal_bytes, written_at) = stamp(&self.path);
        bytes != Some(self.bytes) || wal_bytes != self.wal_bytes || written_at != self.written_at
    }
}

/// Reads the database of a folder through and looks whether it is sound. Call when nobody holds the folder, and look
/// again whether that is still so before believing the answer. `None`: there is none.
///
/// # Errors
/// When it cannot be read.
pub fn examine(folder: &Path) -> rusqlite::Result<Option<Examined>> {
    let path = folder.join(Database::FILE);
    let (Some(bytes), wal_bytes, written_at) = stamp(&path) else { return Ok(None) };
    let mut examined = Examined {
        bytes,
        wal_bytes,
        schema: 0,
        schema_known: migrations::CURRENT,
        damage: None,
        written_at,
        path,
    };
    let read = open(&examined.path, wal_bytes > 0).and_then(|connection| {
        let schema = migrations::version(&connection)?;
        let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok((schema, (verdict != "ok").then_some(verdict)))
    });
    match read {
        Ok((schema, damage)) => (examined.schema, examined.damage) = (schema, damage),
        Err(error) if crate::file::is_damage(&error) => examined.damage = Some(error.to_string()),
        Err(error) => return Err(error),
    }
    Ok(Some(examined))
}

/// Returns the sizes of the file and of its log, and when either was last written.
fn stamp(path: &Path) -> (Option<u64>, u64, Option<SystemTime>) {
    let files = [fs::metadata(path).ok(), fs::metadata(beside(path, "-wal")).ok()];
    let written_at = files.iter().flatten().filter_map(|file| file.modified().ok()).max();
    let [bytes, wal_bytes] = files.map(|file| file.map(|file| file.len()));
    (bytes, wal_bytes.unwrap_or(0), written_at)
}

/// Opens the file so that SQLite writes neither to it nor beside it.
fn open(path: &Path, wal: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if !wal {
        // Without a log the file is all there is, and nothing is made beside it.
        return Connection::open_with_flags(immutable(path), flags | OpenFlags::SQLITE_OPEN_URI);
    }
    // The log's index is kept in memory, which takes a lock for writing: the folder's own lock is what counts here.
    let connection = Connection::open_with_flags_and_vfs(path, flags, c"unix-none")?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    Ok(connection)
}

/// Writes a path as an address that says that nobody changes the file.
fn immutable(path: &Path) -> String {
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    uri
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests;
