//! Sights that are taken back: a thing was last seen by the last scan that still counts.

use std::collections::HashMap;

use groma_database::WriteTx;
use groma_database::rusqlite::{self, OptionalExtension as _};
use groma_model::{TaskId, ThingId, Timestamp};
use uuid::Uuid;

use super::TakenBack;
use crate::feed::Fed;
use crate::inventory::Inventory;

/// When a thing was seen, and by which task.
type Sight = (i64, [u8; 16]);

impl Inventory {
    /// Gives things that this scan saw last the sighting by the last one that still counts, of the scans before it and of
    /// those that may have run beside it. What is known of a scan is its first look.
    pub(super) fn forget_sightings(
        &self,
        tx: &WriteTx<'_>,
        old: TaskId,
        later: &[[u8; 16]],
        taken: &mut TakenBack,
    ) -> rusqlite::Result<()> {
        let sql = "SELECT t.id, o.seen_before, o.seen_before_by FROM observations AS o JOIN things AS t ON t.id = o.thing \
                   WHERE o.task = ?1 AND t.seen_by = ?1";
        let mut statement = tx.connection().prepare_cached(sql)?;
        let rows = statement.query_map([old.uuid().into_bytes()], |row| {
            let before = row.get::<_, Option<i64>>(1)?.zip(row.get::<_, Option<[u8; 16]>>(2)?);
            Ok((row.get::<_, [u8; 16]>(0)?, before))
        })?;
        let rows: Vec<([u8; 16], Option<Sight>)> = rows.collect::<Result<_, _>>()?;
        let mut discarded = HashMap::new();
        let sql = "UPDATE things SET last_seen = ?2, seen_by = ?3 WHERE id = ?1";
        let mut update = tx.connection().prepare_cached(sql)?;
        for (thing, mut sight) in rows {
            while let Some((_, by)) = sight {
                let counts_not = match discarded.get(&by) {
                    Some(known) => *known,
                    None => *discarded.entry(by).or_insert(is_discarded(tx, by)?),
                };
                if !counts_not {
                    break;
                }
                sight = look(tx, "seen_before, seen_before_by", by, thing)?;
            }
            for task in later {
                sight = sight.max(look(tx, "at, task", *task, thing)?);
            }
            // Where none is left, the thing itself stands for another reason, and was seen by nobody later.
            let Some((at, by)) = sight else { continue };
            update.execute((thing, at, by))?;
            let id = ThingId::from_uuid(Uuid::from_bytes(thing));
            taken.fed.push(Fed::SeenBefore(id, Timestamp::from_micros(at)));
        }
        Ok(())
    }
}

fn is_discarded(tx: &WriteTx<'_>, task: [u8; 16]) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM tasks WHERE id = ?1 AND discarded_by IS NOT NULL)";
    tx.connection().prepare_cached(sql)?.query_row([task], |row| row.get(0))
}

/// Returns what is known of a task's first look at a thing: that look, or the one before it.
fn look(tx: &WriteTx<'_>, which: &str, task: [u8; 16], thing: [u8; 16]) -> rusqlite::Result<Option<Sight>> {
    let sql = format!("SELECT {which} FROM observations WHERE task = ?1 AND thing = ?2");
    let read =
        |row: &rusqlite::Row<'_>| Ok(row.get::<_, Option<i64>>(0)?.zip(row.get::<_, Option<[u8; 16]>>(1)?));
    Ok(tx.connection().prepare_cached(&sql)?.query_row((task, thing), read).optional()?.flatten())
}
