//! A database of Groma's schema in nobody's hands but ours: what SQLite alone makes of the same rows.

use std::path::Path;

use groma_database::rusqlite::Connection;
use groma_database::{Database, Folder};

use crate::Done;

/// Opens one below `root`, with the settings of Groma's own.
pub(crate) fn open(root: &Path) -> Done<Connection> {
    let path = {
        // Made by Groma, so that tables and indexes are what they are there.
        let folder = Folder::take(&root.join("data"))?;
        let (database, _, writer) = Database::open(&folder, 1)?;
        drop(database);
        writer.join().map_err(|_| "the database's writer panicked")?;
        folder.path().join(Database::FILE)
    };
    let connection = Connection::open(path)?;
    for (setting, value) in [
        ("journal_mode", "WAL"),
        ("synchronous", "FULL"),
        ("wal_autocheckpoint", "4000"),
        ("journal_size_limit", "67108864"),
        ("temp_store", "MEMORY"),
        ("foreign_keys", "ON"),
        ("cache_size", "-8000"),
    ] {
        connection.pragma_update(None, setting, value)?;
    }
    Ok(connection)
}
