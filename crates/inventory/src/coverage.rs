//! The ledger of what was read, as the API shows it.

use std::collections::BTreeMap;

use groma_api::{Coverage, CoverageSlice};
use groma_database::rusqlite::{self, Row};
use groma_model::thing::{SliceState, ThingScope};
use groma_model::{ConnectionId, SegmentId, SliceId, TaskId, Timestamp};
use uuid::Uuid;

use crate::InventoryError;
use crate::inventory::Inventory;
use crate::record::slice::{DETAIL, Detail};
use crate::sealed;

impl Inventory {
    /// Returns slices, latest reading first: those of kinds that fit one of `kinds` (globs), in one of `states`.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn coverage(
        &self,
        kinds: Vec<String>,
        states: Vec<SliceState>,
        limit: u32,
    ) -> Result<Coverage, InventoryError> {
        self.read(move |inventory, connection| {
            let words: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
            let (kinds, words) = (json(&kinds), json(&words));
            let fits = "(?1 = '[]' OR EXISTS (SELECT 1 FROM json_each(?1) AS k WHERE s.kind GLOB k.value)) \
                        AND (?2 = '[]' OR s.state IN (SELECT value FROM json_each(?2)))";
            let sql = format!(
                "SELECT s.id, s.kind, s.account, s.region, s.connection, s.segment, s.state, s.at, s.completed, s.task, s.proof, \
                 s.detail_sealed, (SELECT count(*) FROM things WHERE slice = s.id AND deleted IS NULL) \
                 FROM slices AS s WHERE {fits} ORDER BY s.at DESC, s.id LIMIT ?3"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map((&kinds, &words, limit), |row| inventory.read_slice(row))?;
            let slices = rows.collect::<Result<_, _>>()?;
            let sql = format!("SELECT s.state, count(*) FROM slices AS s WHERE {fits} GROUP BY s.state");
            let mut statement = connection.prepare_cached(&sql)?;
            let counts = statement
                .query_map((&kinds, &words), |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.max(0) as u64)))?;
            let states = counts.collect::<rusqlite::Result<BTreeMap<String, u64>>>()?;
            Ok(Coverage { slices, states })
        })
        .await
    }

    fn read_slice(&self, row: &Row<'_>) -> rusqlite::Result<CoverageSlice> {
        let id: [u8; 16] = row.get(0)?;
        let uuid = |column: usize| {
            Ok::<_, rusqlite::Error>(row.get::<_, Option<[u8; 16]>>(column)?.map(Uuid::from_bytes))
        };
        let detail: Detail = sealed::open(&self.keyring, DETAIL, &id, row.get_ref(11)?.as_blob()?)?;
        Ok(CoverageSlice {
            id: SliceId::from_uuid(Uuid::from_bytes(id)),
            kind: row.get(1)?,
            scope: ThingScope {
                account: row.get(2)?,
                region: row.get(3)?,
                connection: uuid(4)?.map(ConnectionId::from_uuid),
                segment: uuid(5)?.map(SegmentId::from_uuid),
                subnet: detail.subnet,
            },
            state: SliceState::from_word(row.get_ref(6)?.as_str()?).unwrap_or(SliceState::Failed),
            reason: detail.reason,
            proof: serde_json::from_str(row.get_ref(10)?.as_str()?).unwrap_or_default(),
            at: Timestamp::from_micros(row.get(7)?),
            completed_at: row.get::<_, Option<i64>>(8)?.map(Timestamp::from_micros),
            scan: TaskId::from_uuid(Uuid::from_bytes(row.get(9)?)),
            things: row.get::<_, i64>(12)?.max(0) as u64,
        })
    }
}

fn json(words: &impl serde::Serialize) -> String {
    serde_json::to_string(words).unwrap_or_default()
}
