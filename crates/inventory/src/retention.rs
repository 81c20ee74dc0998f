//! Forgetting what is old: changes of long ago, and tombstones nobody needs any more.

use groma_database::rusqlite;
use groma_model::{ThingId, Timestamp};
use uuid::Uuid;

use crate::InventoryError;
use crate::feed::Fed;
use crate::inventory::Inventory;

/// Rows in one transaction.
const ROWS: i64 = 1_000;

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Changes.
    pub changes: u64,
    /// Tombstones.
    pub tombstones: u64,
}

impl Inventory {
    /// Forgets changes that were seen before `changes` and tombstones of what was gone before `tombstones`; what nobody
    /// says a time for is kept for ever. A few rows at a time, so that nobody waits long for the writer.
    ///
    /// # Errors
    /// When storage refuses; what was forgotten stays so.
    pub async fn forget_old(
        &self,
        changes: Option<Timestamp>,
        tombstones: Option<Timestamp>,
    ) -> Result<Forgotten, InventoryError> {
        let mut forgotten = Forgotten::default();
        while let Some(before) = changes {
            let gone = self.write(move |_, tx| {
                let sql = "DELETE FROM changes WHERE ordinal IN (SELECT ordinal FROM changes WHERE at < ?1 LIMIT ?2)";
                Ok(tx.connection().prepare_cached(sql)?.execute((before.micros(), ROWS))?)
            });
            match gone.await? {
                0 => break,
                gone => forgotten.changes += gone as u64,
            }
        }
        while let Some(before) = tombstones {
            match self.forget_tombstones(before).await? {
                0 => break,
                gone => forgotten.tombstones += gone as u64,
            }
        }
        Ok(forgotten)
    }

    async fn forget_tombstones(&self, before: Timestamp) -> Result<usize, InventoryError> {
        self.write(move |inventory, tx| {
            // What others are part of stays as long as they do.
            let sql = "SELECT id FROM things AS t WHERE deleted < ?1 AND NOT EXISTS (SELECT 1 FROM things WHERE parent = t.id) \
                       LIMIT ?2";
            let mut statement = tx.connection().prepare_cached(sql)?;
            let ids = statement.query_map((before.micros(), ROWS), |row| row.get::<_, [u8; 16]>(0))?;
            let ids = ids.collect::<rusqlite::Result<Vec<_>>>()?;
            drop(statement);
            for id in &ids {
                tx.connection().prepare_cached("DELETE FROM things WHERE id = ?1")?.execute([id])?;
            }
            let fed = ids.iter().map(|id| Fed::Forgotten(ThingId::from_uuid(Uuid::from_bytes(*id)))).collect();
            inventory.feed(tx, fed);
            Ok(ids.len())
        })
        .await
    }
}
