//! Things of every domain as the API shows them.

use groma_api::{
    Direction, Relation, RelationList, Resource, ResourceChange, ResourceHistory, ResourceSummary,
};
use groma_database::rusqlite::{self, OptionalExtension as _, Row};
use groma_model::change::ChangeKind;
use groma_model::{TaskId, ThingId, Timestamp};
use uuid::Uuid;

use crate::InventoryError;
use crate::inventory::Inventory;
use crate::record::{CHANGE, Change};
use crate::sealed;
use crate::things::{self, Thing, alias_digest, put_times_back};

/// Relations shown at once.
const RELATIONS: i64 = 1_000;

impl Inventory {
    /// Returns a thing, deleted ones as well.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn resource(&self, id: ThingId) -> Result<Resource, InventoryError> {
        let found = self.read(move |inventory, connection| things::find(connection, &inventory.keyring, id));
        found
            .await?
            .map(show)
            .ok_or_else(|| InventoryError::NotFound { what: "resource", id: id.to_string() })
    }

    /// Returns the id of the thing that has this alias; of several, of which only one can be there, that one.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn by_alias(&self, alias: &str) -> Result<Option<ThingId>, InventoryError> {
        let digest = alias_digest(&self.keyring, alias);
        self.read(move |_, connection| {
            let sql =
                "SELECT id FROM things WHERE alias = ?1 ORDER BY deleted IS NOT NULL, last_seen DESC LIMIT 1";
            let id: Option<[u8; 16]> =
                connection.prepare_cached(sql)?.query_row([digest], |row| row.get(0)).optional()?;
            Ok(id.map(|id| ThingId::from_uuid(Uuid::from_bytes(id))))
        })
        .await
    }

    /// Returns things in the order of their ids as given; those that are no more are left out. Also the journal's
    /// position at which they were read.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn resources(&self, ids: Vec<ThingId>) -> Result<(Vec<Resource>, String), InventoryError> {
        self.read(move |inventory, connection| {
            let transaction = connection.unchecked_transaction()?;
            let sequence = inventory.journal.head_in(&transaction)?.0.to_string();
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                found.extend(things::find(&transaction, &inventory.keyring, id)?.map(show));
            }
            Ok((found, sequence))
        })
        .await
    }

    /// Returns what changed about a thing, newest first: at or after `since`, older than the change `before`.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn resource_history(
        &self,
        id: ThingId,
        since: Option<Timestamp>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<ResourceHistory, InventoryError> {
        self.read(move |inventory, connection| {
            let thing = id.uuid().into_bytes();
            let sql = "SELECT ordinal, task, change, at, diff_sealed FROM changes WHERE thing = ?1 AND ordinal < ?2 AND at >= ?3 \
                       ORDER BY ordinal DESC LIMIT ?4";
            let mut statement = connection.prepare_cached(sql)?;
            let since = since.map_or(i64::MIN, |since| since.micros());
            let asked = (thing, before.unwrap_or(i64::MAX), since, i64::from(limit) + 1);
            let rows = statement.query_map(asked, |row| inventory.read_change(row, &thing))?;
            let mut found: Vec<(i64, ResourceChange)> = rows.collect::<Result<_, _>>()?;
            let more = found.len() > limit as usize;
            found.truncate(limit as usize);
            let next_cursor = found.last().filter(|_| more).map(|(ordinal, _)| ordinal.to_string());
            Ok(ResourceHistory { changes: found.into_iter().map(|(_, change)| change).collect(), next_cursor })
        })
        .await
    }

    fn read_change(&self, row: &Row<'_>, thing: &[u8; 16]) -> rusqlite::Result<(i64, ResourceChange)> {
        let task: [u8; 16] = row.get(1)?;
        let place = sealed::row(&[&task, thing]);
        let change: Change = sealed::open(&self.keyring, CHANGE, &place, row.get_ref(4)?.as_blob()?)?;
        let kind = match row.get_ref(2)?.as_str()? {
            "added" => ChangeKind::Added,
            "deleted" => ChangeKind::Deleted,
            _ => ChangeKind::Updated,
        };
        let shown = ResourceChange {
            at: Timestamp::from_micros(row.get(3)?),
            change: kind,
            scan: TaskId::from_uuid(Uuid::from_bytes(task)),
            diff: change.diff,
        };
        Ok((row.get(0)?, shown))
    }

    /// Returns whether anything is known of a thing: it is there, or was.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn has_history(&self, id: ThingId) -> Result<bool, InventoryError> {
        self.read(move |_, connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM changes WHERE thing = ?1)";
            connection.prepare_cached(sql)?.query_row([id.uuid().into_bytes()], |row| row.get(0))
        })
        .await
    }

    /// Returns what a thing belongs together with.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn relations(&self, id: ThingId) -> Result<RelationList, InventoryError> {
        self.read(move |inventory, connection| {
            let thing = id.uuid().into_bytes();
            let all = "SELECT 0 AS inward, kind, target AS other FROM relations WHERE source = ?1 \
                       UNION ALL SELECT 1, kind, source FROM relations WHERE target = ?1 \
                       UNION ALL SELECT 0, 'part_of', parent FROM things WHERE id = ?1 AND parent IS NOT NULL \
                       UNION ALL SELECT 1, 'part_of', id FROM things WHERE parent = ?1 AND deleted IS NULL";
            let total: i64 = connection
                .prepare_cached(&format!("SELECT count(*) FROM ({all})"))?
                .query_row([thing], |row| row.get(0))?;
            let mut statement =
                connection.prepare_cached(&format!("SELECT * FROM ({all}) ORDER BY inward, kind, other LIMIT {RELATIONS}"))?;
            let mut rows = statement.query([thing])?;
            let mut relations = Vec::new();
            while let Some(row) = rows.next()? {
                let other = ThingId::from_uuid(Uuid::from_bytes(row.get(2)?));
                let direction = if row.get(0)? { Direction::In } else { Direction::Out };
                let resource = things::find(connection, &inventory.keyring, other)?.map(summarise);
                relations.push(Relation { kind: row.get(1)?, direction, id: other, resource });
            }
            let name = |relation: &Relation| relation.resource.as_ref().map(|resource| resource.name.clone());
            relations.sort_by_cached_key(|relation| {
                (relation.direction, relation.kind.clone(), name(relation), relation.id)
            });
            Ok(RelationList { relations, total: total.max(0) as u64 })
        })
        .await
    }
}

/// Returns a thing as the API shows it.
pub(crate) fn show(thing: Thing) -> Resource {
    let Thing { id, kind, state, scope, sighted, deleted, document, mut readings, .. } = thing;
    let mut permissions = document.permissions;
    if let Some(permissions) = &mut permissions {
        put_times_back(permissions, &mut readings);
    }
    Resource {
        id,
        alias: document.alias,
        kind,
        name: document.name,
        scope,
        state,
        identifiers: document.identifiers,
        tags: document.tags,
        attributes: document.attributes,
        readings,
        permissions,
        constraints: document.constraints,
        first_seen: sighted.first_seen,
        last_seen: sighted.last_seen,
        last_changed: sighted.last_changed,
        deleted_at: deleted,
        scan: sighted.seen_by,
        slice: sighted.slice,
    }
}

fn summarise(thing: Thing) -> ResourceSummary {
    ResourceSummary { id: thing.id, kind: thing.kind, name: thing.document.name, state: thing.state }
}
