//! Dropping rows, in transactions so small that nobody who writes waits for long.

use std::collections::BTreeMap;
use std::sync::Arc;

use groma_api::ApiError;
use groma_database::rusqlite::{self, Connection};

use super::victims::Victim;
use crate::consumers;
use crate::counts;
use crate::journal::Journal;
use crate::refuse;

/// Rows of one transaction: some milliseconds of the writer.
pub(super) const ROWS: usize = 500;

/// What one transaction dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dropped {
    pub(super) events: u64,
    pub(super) bytes: u64,
    /// Of these, how many somebody needed.
    pub(super) forced: u64,
}

/// Why rows may go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reason {
    /// By rules: not what a consumer holds, not even one that has just come.
    Rules,
    /// The file is too large: whoever needs them. Events above this number are held.
    Ceiling {
        /// Events above this are held by somebody.
        held_above: u64,
        /// What the database may take, in bytes; nothing goes once it takes no more.
        bytes_max: u64,
    },
}

impl Journal {
    /// Drops up to [`ROWS`] rows and notes per type what was dropped, in one transaction.
    pub(super) async fn drop_rows(
        self: &Arc<Self>,
        victims: Vec<Victim>,
        reason: Reason,
    ) -> Result<Dropped, ApiError> {
        let journal = Arc::clone(self);
        let write = self.database.write(move |tx| {
            let connection = tx.connection();
            let held_above = match reason {
                Reason::Rules => consumers::held_above(connection, journal.clock.now())?,
                Reason::Ceiling { held_above, bytes_max } => {
                    if used_bytes(connection)? <= bytes_max {
                        return Ok(Dropped::default());
                    }
                    held_above
                }
            };
            let of_rules = matches!(reason, Reason::Rules);
            let counted = counts::counted_through(connection)?;
            let mut kept = counts::kept(connection)?;
            let mut told: BTreeMap<u16, (u64, u64)> = BTreeMap::new();
            let mut dropped = Dropped::default();
            {
                let mut delete = connection.prepare_cached("DELETE FROM journal WHERE sequence = ?1")?;
                for victim in victims {
                    let held = victim.number > held_above;
                    if (of_rules && held) || delete.execute([victim.number as i64])? == 0 {
                        continue;
                    }
                    let count = kept.entry(victim.code).or_default();
                    count.dropped_through = count.dropped_through.max(victim.number);
                    if victim.number <= counted {
                        count.stored = count.stored.saturating_sub(1);
                        count.bytes = count.bytes.saturating_sub(victim.bytes);
                    }
                    let (events, bytes) = told.entry(victim.code).or_default();
                    *events += 1;
                    *bytes += victim.bytes;
                    dropped.events += 1;
                    dropped.bytes += victim.bytes;
                    dropped.forced += u64::from(held);
                }
            }
            kept.retain(|code, _| told.contains_key(code));
            counts::write(connection, &kept)?;
            let figures = Arc::clone(&journal.figures);
            tx.on_commit(move || {
                for (code, (events, bytes)) in told {
                    figures.dropped(code, events, bytes);
                }
            });
            Ok(dropped)
        });
        write.await.map_err(refuse::written)
    }
}

/// What the database takes of its file: pages that were freed are used again before the file grows.
pub(super) fn used_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = pragma("page_count")?.saturating_sub(pragma("freelist_count")?);
    Ok(pages.max(0) as u64 * pragma("page_size")?.max(0) as u64)
}

/// What the file takes on disk.
pub(super) fn file_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok(pragma("page_count")?.max(0) as u64 * pragma("page_size")?.max(0) as u64)
}
