//! Sealing everything again, after a new data key was made: a few rows at a time beside everything else, from where it
//! was left when the process ended.

mod batch;
mod columns;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use groma_database::rusqlite::{Connection, OptionalExtension as _, Row};
use groma_journal::NewEvent;
use groma_model::Timestamp;
use groma_model::system::{self, Severity};

use self::batch::{Batch, Part};
use self::columns::{COLUMNS, SealedColumn};
use crate::{Inventory, InventoryError, search};

/// How far sealing everything again is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReencryptionRecord {
    /// Everything ends under this data key or a newer one.
    pub key: u32,
    /// Whether it came to its end.
    pub done: bool,
    /// Whether this process is at it.
    pub running: bool,
    /// When it began.
    pub started_at: Timestamp,
    /// Rows when it began.
    pub rows_total: u64,
    /// Rows that were looked at.
    pub rows_done: u64,
    /// Rows that did not open, and were left as they are.
    pub rows_damaged: u64,
    place: Option<String>,
    position: Option<String>,
}

/// Says that this process is at it, until it is dropped.
#[derive(Debug)]
pub struct Reencrypting(Arc<AtomicBool>);

impl Drop for Reencrypting {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Inventory {
    /// Claims the work for the caller; `None`: this process is at it already.
    #[must_use]
    pub fn reencrypting(&self) -> Option<Reencrypting> {
        let flag = &self.reencrypting;
        let claimed = flag.compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire);
        claimed.ok().map(|_| Reencrypting(Arc::clone(flag)))
    }

    /// Returns how far sealing everything again is, or how it ended last.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn reencryption(&self) -> Result<Option<ReencryptionRecord>, InventoryError> {
        let running = self.reencrypting.load(Ordering::Acquire);
        let record = self.read(|_, connection| load(connection)).await?;
        Ok(record.map(|record| ReencryptionRecord { running: running && !record.done, ..record }))
    }

    /// Notes that everything is to be sealed again by `key` or a newer one, from the beginning.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn reencryption_begin(&self, key: u32) -> Result<(), InventoryError> {
        let total = self.read(|_, connection| {
            COLUMNS.iter().try_fold(0, |sum, SealedColumn { table, column, .. }| {
                let sql = format!("SELECT count(*) FROM {table} WHERE {column} IS NOT NULL");
                Ok(sum + connection.query_row(&sql, [], |row| row.get::<_, i64>(0))?)
            })
        });
        let total = total.await?;
        search::copy::remove(&self.keyring).map_err(|error| {
            InventoryError::Storage(format!("failed to remove the copy of the search index: {error}"))
        })?;
        self.write(move |inventory, tx| {
            let sql = "INSERT INTO reencryption (only, key, state, started, rows_total) VALUES (1, ?1, 'running', ?2, ?3)
                       ON CONFLICT (only) DO UPDATE SET key = ?1, state = 'running', started = ?2, rows_total = ?3,
                       place = NULL, position = NULL, rows_done = 0, rows_damaged = 0";
            tx.connection().execute(sql, (key, inventory.clock.now().micros(), total))?;
            Ok(())
        })
        .await
    }

    /// Goes a few rows further; returns whether there is more to do.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn reencryption_step(&self) -> Result<bool, InventoryError> {
        let read = self.read(|inventory, connection| {
            let Some(record) = load(connection)?.filter(|record| !record.done) else { return Ok(None) };
            // A column that this version does not know any more: what it knows is gone through again.
            let at = COLUMNS.iter().position(|column| Some(column.place) == record.place.as_deref());
            let Some(column) = COLUMNS.get(at.unwrap_or(0)) else { return Ok(None) };
            let position = record.position.as_deref().filter(|_| at.is_some());
            let after: Option<Vec<Part>> = position.and_then(|text| serde_json::from_str(text).ok());
            let batch = batch::read(connection, &inventory.keyring, column, record.key, after.as_deref())?;
            Ok(Some((record, at.unwrap_or(0), batch)))
        });
        let Some((record, at, batch)) = read.await? else { return Ok(false) };
        self.write(move |inventory, tx| {
            // Begun anew meanwhile: nothing of this counts.
            let now = load(tx.connection())?;
            if now.is_none_or(|now| (now.key, now.started_at) != (record.key, record.started_at)) {
                return Ok(true);
            }
            let done = (record.rows_done + batch.rows) as i64;
            let damaged = (record.rows_damaged + batch.damaged) as i64;
            let (place, position, over) = inventory.put(tx.connection(), at, &batch)?;
            let state = if over { "done" } else { "running" };
            let sql = "UPDATE reencryption SET state = ?1, place = ?2, position = ?3, rows_done = ?4, rows_damaged = ?5";
            tx.connection().prepare_cached(sql)?.execute((state, place, position, done, damaged))?;
            if over {
                inventory.append(tx, vec![inventory.told(record.key, done, damaged)])?;
            }
            Ok(!over)
        })
        .await
    }

    /// Returns whether a value is left that an older data key than `key` sealed.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn sealed_before(&self, key: u32) -> Result<bool, InventoryError> {
        self.read(move |_, connection| {
            for SealedColumn { table, column, .. } in COLUMNS {
                let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE substr({column}, 2, 4) < ?1)");
                if connection.query_row(&sql, [key.to_be_bytes()], |row| row.get(0))? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }

    /// Writes a batch; returns where to go on, and whether nothing is left.
    fn put(
        &self,
        connection: &Connection,
        at: usize,
        batch: &Batch,
    ) -> groma_database::rusqlite::Result<(Option<&'static str>, Option<String>, bool)> {
        let column = COLUMNS.get(at);
        if let (Some(column), Some(last)) = (column, &batch.last) {
            batch.write(connection, column)?;
            return Ok((Some(column.place), serde_json::to_string(last).ok(), false));
        }
        let next = COLUMNS.get(at + 1).map(|column| column.place);
        Ok((next, None, next.is_none()))
    }

    fn told(&self, key: u32, rows: i64, damaged: i64) -> NewEvent {
        let left = match damaged {
            0 => "the older keys are forgotten when Groma is started again".to_owned(),
            _ => format!(
                "{damaged} values did not open and were left as they are, and the older keys with them"
            ),
        };
        let message =
            format!("everything is sealed by data key {key}: {rows} values were gone through; {left}");
        let severity = if damaged == 0 { Severity::Info } else { Severity::Warning };
        let context = Some("keys".to_owned());
        let timestamp = self.clock.now().millis();
        NewEvent { subject: None, payload: system::Error { message, severity, context, timestamp }.into() }
    }
}

fn load(connection: &Connection) -> groma_database::rusqlite::Result<Option<ReencryptionRecord>> {
    let sql =
        "SELECT key, state, started, rows_total, rows_done, rows_damaged, place, position FROM reencryption";
    let read = |row: &Row<'_>| {
        let count = |at| Ok::<_, groma_database::rusqlite::Error>(row.get::<_, i64>(at)?.max(0) as u64);
        Ok(ReencryptionRecord {
            key: row.get(0)?,
            done: row.get_ref(1)?.as_str()? == "done",
            running: false,
            started_at: Timestamp::from_micros(row.get(2)?),
            rows_total: count(3)?,
            rows_done: count(4)?,
            rows_damaged: count(5)?,
            place: row.get(6)?,
            position: row.get(7)?,
        })
    };
    connection.prepare_cached(sql)?.query_row([], read).optional()
}

#[cfg(test)]
pub(crate) mod tests;
