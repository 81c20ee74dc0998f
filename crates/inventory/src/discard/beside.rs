//! What is known besides a change that is to be taken back: who looked since, and what is part of the thing.

use groma_database::WriteTx;
use groma_database::rusqlite;
use groma_model::{TaskId, ThingId};

use super::Undo;
use crate::inventory::Inventory;
use crate::things::Thing;

impl Inventory {
    pub(super) fn is_recorded(&self, tx: &WriteTx<'_>, id: ThingId) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM things WHERE id = ?1)";
        tx.connection().prepare_cached(sql)?.query_row([id.uuid().into_bytes()], |row| row.get(0))
    }

    /// Returns the scans that may have seen something later than `old`, and still count; newest first, because most
    /// things were seen by the newest.
    pub(super) fn later_scans(&self, tx: &WriteTx<'_>, old: TaskId) -> rusqlite::Result<Vec<[u8; 16]>> {
        let sql = "SELECT t.id FROM tasks AS t JOIN tasks AS o ON o.id = ?1 WHERE t.id <> ?1 AND t.discards IS NULL AND \
                   t.discarded_by IS NULL AND t.started IS NOT NULL AND (t.ended IS NULL OR t.ended >= o.started) \
                   ORDER BY t.started DESC";
        let mut later = tx.connection().prepare_cached(sql)?;
        later.query_map([old.uuid().into_bytes()], |row| row.get(0))?.collect()
    }

    /// Returns whether another scan saw the thing after the change.
    pub(super) fn seen_since(
        &self,
        tx: &WriteTx<'_>,
        current: &Thing,
        undo: &Undo,
        old: TaskId,
        later: &[[u8; 16]],
    ) -> rusqlite::Result<bool> {
        let before = undo.change.before.as_ref();
        // The thing itself names who looked last.
        let seen_by = current.sighted.seen_by;
        let last = seen_by.filter(|by| *by != old && before.and_then(|then| then.seen_by) != Some(*by));
        // A sight from before the change may have become the last again.
        let last = last.filter(|_| before.is_none_or(|then| current.sighted.last_seen > then.last_seen));
        if let Some(by) = last {
            let sql = "SELECT EXISTS (SELECT 1 FROM tasks WHERE id = ?1 AND discarded_by IS NOT NULL)";
            let mut discarded = tx.connection().prepare_cached(sql)?;
            if !discarded.query_row([by.uuid().into_bytes()], |row| row.get::<_, bool>(0))? {
                return Ok(true);
            }
        }
        // A scan notes its first look at a thing in the state that it had, closed ports included.
        // Of what is new with `old`, every look of another came later, whatever the clocks of their probes say.
        let at = (before.is_some() || undo.change.buried.is_some()).then_some(undo.at);
        let id = current.id.uuid().into_bytes();
        let sql = "SELECT EXISTS (SELECT 1 FROM observations WHERE task = ?1 AND thing = ?2 AND (?3 IS NULL OR at > ?3))";
        let mut noted = tx.connection().prepare_cached(sql)?;
        for task in later {
            if noted.query_row((task, id, at), |row| row.get(0))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Tells whether something is part of a thing, or was when it was last seen: it would lose what it is part of.
    pub(super) fn has_parts(&self, tx: &WriteTx<'_>, thing: &Thing) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM things WHERE parent = ?1)";
        tx.connection().prepare_cached(sql)?.query_row([thing.id.uuid().into_bytes()], |row| row.get(0))
    }
}
