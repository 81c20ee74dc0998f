//! Forward-only changes of the schema: each runs once, in a transaction, by the holder alone.

use rusqlite::{Connection, TransactionBehavior};

/// In order; a migration that was released is never edited.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_spine.sql"),
    include_str!("../migrations/0002_events.sql"),
    include_str!("../migrations/0003_webhooks.sql"),
    include_str!("../migrations/0004_idempotency.sql"),
    include_str!("../migrations/0005_keys.sql"),
    include_str!("../migrations/0006_execution.sql"),
    include_str!("../migrations/0007_inventory.sql"),
];

/// The schema that this version writes.
pub(crate) const CURRENT: i64 = MIGRATIONS.len() as i64;

/// Returns the version of the schema in the file; 0 for a new one.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Brings the schema up to date.
pub(crate) fn run(connection: &mut Connection) -> rusqlite::Result<()> {
    let done = version(connection)?;
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(usize::try_from(done).unwrap_or(0)) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", index as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}
