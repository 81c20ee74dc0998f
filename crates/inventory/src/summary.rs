//! The overview: counts by kind and state.

use groma_api::Summary;
use std::collections::BTreeMap;

use crate::InventoryError;
use crate::inventory::Inventory;

const DAY_SECONDS: i64 = 86_400;
/// Things not seen for so long count as stale.
const STALE_SECONDS: i64 = 7 * DAY_SECONDS;

impl Inventory {
    /// Counts things and scans.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn summary(&self) -> Result<Summary, InventoryError> {
        self.read(|inventory, connection| {
            let now = inventory.clock.now();
            let mut things: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
            let mut statement =
                connection.prepare_cached("SELECT kind, state, count(*) FROM things WHERE deleted IS NULL GROUP BY kind, state")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                things.entry(row.get(0)?).or_default().insert(row.get(1)?, row.get::<_, i64>(2)? as u64);
            }
            let mut scans = BTreeMap::new();
            let mut statement =
                connection.prepare_cached("SELECT status, count(*) FROM tasks GROUP BY status")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                scans.insert(row.get(0)?, row.get::<_, i64>(1)? as u64);
            }
            let count = |sql: &str, since: i64| {
                connection
                    .prepare_cached(sql)?
                    .query_row([since], |row| row.get::<_, i64>(0))
                    .map(|count| count as u64)
            };
            let day_ago = now.plus_seconds(-DAY_SECONDS).micros();
            let active = "WHERE status IN ('queued', 'running') ORDER BY created DESC, id DESC LIMIT 50";
            let (sequence, last_event_at) = inventory.journal.head_in(connection)?;
            Ok(Summary {
                things,
                scans,
                active: inventory.read_scans(connection, active, &[])?,
                last: inventory.read_scans(connection, crate::scans::LAST, &[])?.pop(),
                added_last_day: count("SELECT count(*) FROM things WHERE deleted IS NULL AND first_seen >= ?1", day_ago)?,
                changed_last_day: count(
                    "SELECT count(*) FROM things WHERE deleted IS NULL AND last_changed >= ?1 AND first_seen < ?1",
                    day_ago,
                )?,
                stale: count(
                    "SELECT count(*) FROM things WHERE deleted IS NULL AND last_seen < ?1",
                    now.plus_seconds(-STALE_SECONDS).micros(),
                )?,
                last_event_at: Some(last_event_at).filter(|_| sequence.number > 0),
                sequence: sequence.to_string(),
                as_of: now,
            })
        })
        .await
    }
}
