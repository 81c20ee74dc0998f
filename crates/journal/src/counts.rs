//! What is known of the journal's rows without reading them, per type.
//!
//! Appending writes none of this: rows are counted in by `fold`, long after they were written, and by whoever reads
//! counts, for the rows that were not counted in yet.

use std::collections::BTreeMap;

use groma_database::rusqlite::{self, Connection, OptionalExtension as _};

use crate::storage;

/// The rows of one type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// How many there are.
    pub(crate) stored: u64,
    /// What their data takes, sealed, in bytes.
    pub(crate) bytes: u64,
    /// The highest number that was dropped; 0 if none was.
    pub(crate) dropped_through: u64,
    /// Nothing of the type is left up to here.
    pub(crate) empty_through: u64,
}

/// By the types' codes.
pub(crate) type Counts = BTreeMap<u16, Count>;

/// Returns what there is in the snapshot that `connection` sees; call it in a transaction.
pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Counts> {
    let mut counts = kept(connection)?;
    let (newest, _) = storage::newest(connection)?;
    count_in(connection, &mut counts, counted_through(connection)?, newest)?;
    Ok(counts)
}

/// Returns the number up to which rows are counted in.
pub(crate) fn counted_through(connection: &Connection) -> rusqlite::Result<u64> {
    let through = connection
        .prepare_cached("SELECT through FROM event_counted")?
        .query_row([], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(through.unwrap_or(0).max(0) as u64)
}

/// Counts up to `rows_max` more rows in; returns whether there are more.
pub(crate) fn fold(connection: &Connection, rows_max: u64) -> rusqlite::Result<bool> {
    let (newest, _) = storage::newest(connection)?;
    let from = counted_through(connection)?;
    let through = newest.min(from.saturating_add(rows_max));
    if through > from {
        let mut counts = kept(connection)?;
        count_in(connection, &mut counts, from, through)?;
        write(connection, &counts)?;
        let sql = "INSERT INTO event_counted (only, through) VALUES (1, ?1)
                   ON CONFLICT (only) DO UPDATE SET through = excluded.through";
        connection.prepare_cached(sql)?.execute([through as i64])?;
    }
    Ok(through < newest)
}

/// Notes that there is nothing of a new type so far, so that nobody looks for it.
pub(crate) fn begin(connection: &Connection, code: u16) -> rusqlite::Result<()> {
    let (newest, _) = storage::newest(connection)?;
    let sql = "INSERT INTO event_counts (type, stored, bytes, dropped_through, empty_through) VALUES (?1, 0, 0, 0, ?2)
               ON CONFLICT (type) DO NOTHING";
    connection.prepare_cached(sql)?.execute((code, newest as i64))?;
    Ok(())
}

/// Returns the highest number of a wanted type that was dropped at or behind `next`.
pub(crate) fn dropped_from(
    connection: &Connection,
    next: u64,
    wanted: impl Fn(u16) -> bool,
) -> rusqlite::Result<Option<u64>> {
    let sql = "SELECT type, dropped_through FROM event_counts WHERE dropped_through >= ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([next.min(i64::MAX as u64) as i64])?;
    let mut highest = None;
    while let Some(row) = rows.next()? {
        if wanted(row.get(0)?) {
            highest = highest.max(Some(row.get::<_, i64>(1)?.max(0) as u64));
        }
    }
    Ok(highest)
}

/// Returns what the table says.
pub(crate) fn kept(connection: &Connection) -> rusqlite::Result<Counts> {
    let sql = "SELECT type, stored, bytes, dropped_through, empty_through FROM event_counts";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut counts = Counts::new();
    while let Some(row) = rows.next()? {
        let number = |at| row.get::<_, i64>(at).map(|number| number.max(0) as u64);
        let count = Count {
            stored: number(1)?,
            bytes: number(2)?,
            dropped_through: number(3)?,
            empty_through: number(4)?,
        };
        counts.insert(row.get(0)?, count);
    }
    Ok(counts)
}

/// Writes the table.
pub(crate) fn write(connection: &Connection, counts: &Counts) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO event_counts (type, stored, bytes, dropped_through, empty_through) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (type) DO UPDATE SET stored = excluded.stored, bytes = excluded.bytes,
         dropped_through = excluded.dropped_through, empty_through = excluded.empty_through",
    )?;
    for (code, count) in counts {
        let numbers = [count.stored, count.bytes, count.dropped_through, count.empty_through];
        let [stored, bytes, dropped, empty] = numbers.map(|number| number as i64);
        statement.execute((code, stored, bytes, dropped, empty))?;
    }
    Ok(())
}

fn count_in(connection: &Connection, counts: &mut Counts, from: u64, through: u64) -> rusqlite::Result<()> {
    let sql = "SELECT type, count(*), sum(length(data_sealed)) FROM journal
               WHERE sequence > ?1 AND sequence <= ?2 GROUP BY type";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([from as i64, through as i64])?;
    while let Some(row) = rows.next()? {
        let count = counts.entry(row.get(0)?).or_default();
        count.stored += row.get::<_, i64>(1)?.max(0) as u64;
        count.bytes += row.get::<_, i64>(2)?.max(0) as u64;
    }
    Ok(())
}
