//! What a database says of itself: what there is how often, and what some queries answer. A backup is given it when it is
//! made, and a restored one has to say the same.

use std::path::Path;

use groma_database::rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use groma_seal::Keyring;
use serde_json::{Map, Value, json};
use std::sync::Arc;

use crate::query;

/// What a database says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Testimony {
    /// The epoch and number of the newest event.
    pub journal: Option<(u64, u64)>,
    /// Rows, by table.
    pub counts: Value,
    /// Answers of queries: how many rows, and a keyed digest of them.
    pub answers: Value,
}

const TABLES: [&str; 9] =
    ["things", "changes", "relations", "slices", "tasks", "journal", "executions", "messages", "embeddings"];

/// The queries. They open what is sealed, so that keys that do not fit are noticed as well.
const QUERIES: [(&str, &str); 5] = [
    ("kinds", "SELECT kind, state, count(*) FROM resources GROUP BY kind, state ORDER BY kind, state"),
    ("resources", "SELECT * FROM resources ORDER BY id LIMIT 2000"),
    ("history", "SELECT * FROM history ORDER BY at DESC, id, path LIMIT 2000"),
    ("relations", "SELECT * FROM relations ORDER BY source, kind, target LIMIT 2000"),
    ("coverage", "SELECT * FROM coverage ORDER BY id LIMIT 2000"),
];

/// Asks a database that nobody writes.
///
/// # Errors
/// When it is damaged, or does not open with these keys.
pub fn testify(path: &Path, keyring: &Arc<Keyring>) -> Result<Testimony, String> {
    let failed =
        |error: groma_database::rusqlite::Error| format!("`{}` cannot be read: {error}", path.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.pragma_update(None, "temp_store", "MEMORY").map_err(failed)?;
    let sound: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(failed)?;
    if sound != "ok" {
        return Err(format!("`{}` is damaged: {sound}", path.display()));
    }
    let mut counts = Map::new();
    for table in TABLES {
        let sql = format!("SELECT count(*) FROM {table}");
        let count: i64 = connection.query_row(&sql, [], |row| row.get(0)).map_err(failed)?;
        counts.insert(table.to_owned(), count.into());
    }
    let journal = head(&connection).map_err(failed)?;
    query::prepare(&mut connection, keyring).map_err(failed)?;
    let mut answers = Map::new();
    for (name, sql) in QUERIES {
        let rows = query::rows(&connection, sql).map_err(failed)?;
        let text = serde_json::to_vec(&rows).map_err(|error| error.to_string())?;
        let digest = keyring.lookup("backup.answer", &text);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        answers.insert(name.to_owned(), json!({ "rows": rows.len(), "digest": digest }));
    }
    Ok(Testimony { journal, counts: counts.into(), answers: answers.into() })
}

fn head(connection: &Connection) -> groma_database::rusqlite::Result<Option<(u64, u64)>> {
    let epoch: Option<[u8; 8]> = connection
        .query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| row.get(0))
        .optional()?;
    let number: Option<i64> =
        connection.query_row("SELECT max(sequence) FROM journal", [], |row| row.get(0))?;
    let number = number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0);
    Ok(epoch.map(|epoch| (u64::from_be_bytes(epoch), number)))
}
