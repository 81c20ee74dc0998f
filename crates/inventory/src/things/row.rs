//! Things in their table.

use groma_database::rusqlite::types::ValueRef;
use groma_database::rusqlite::{self, Connection, OptionalExtension as _, Row, params};
use groma_model::network::Protocol;
use groma_model::thing::ThingScope;
use groma_model::{ConnectionId, SegmentId, SliceId, TaskId, ThingId, Timestamp};
use groma_seal::Keyring;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Document, Sighted, Thing};
use crate::error::OpResult;
use crate::sealed;

/// The columns that [`read_at`] expects, in order.
pub(crate) const COLUMNS: &str = "things.id, things.kind, things.parent, things.state, things.protocol, things.port, \
    things.account, things.region, things.connection, things.segment, things.first_seen, things.last_seen, \
    things.last_changed, things.seen_by, things.changed_by, things.slice, things.deleted, things.document_sealed, \
    things.readings_sealed";

const DOCUMENT: &str = "things.document";
const READINGS: &str = "things.readings";

/// What is sealed: the document, and the part of the scope that names addresses.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subnet: Option<String>,
    #[serde(flatten)]
    document: Document,
}

/// What is known of a thing without opening it.
#[derive(Debug)]
pub(crate) struct Light {
    pub(crate) digest: [u8; 16],
    pub(crate) deleted: bool,
    pub(crate) first_seen: Timestamp,
    pub(crate) last_changed: Timestamp,
    pub(crate) last_seen: Timestamp,
    pub(crate) seen_by: Option<TaskId>,
}

impl Thing {
    /// Returns the digest under which all that tells a change is the same.
    pub(crate) fn digest(&self, keyring: &Keyring) -> [u8; 16] {
        let told = serde_json::to_vec(&self.told()).unwrap_or_default();
        keyring.lookup(DOCUMENT, &told)
    }

    /// Writes the row, new or changed; has its meaning looked at anew.
    pub(crate) fn save(&self, connection: &Connection, keyring: &Keyring) -> OpResult<()> {
        let id = self.id.uuid().into_bytes();
        let kept = Kept { subnet: self.scope.subnet.clone(), document: self.document.clone() };
        let sql = "INSERT INTO things (id, kind, parent, state, protocol, port, account, region, connection, segment, \
                   first_seen, last_seen, last_changed, seen_by, changed_by, slice, deleted, alias, digest, document_sealed, \
                   readings_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, \
                   ?19, ?20, ?21) ON CONFLICT (id) DO UPDATE SET kind = ?2, parent = ?3, state = ?4, account = ?7, \
                   region = ?8, connection = ?9, segment = ?10, first_seen = ?11, last_seen = ?12, last_changed = ?13, \
                   seen_by = ?14, changed_by = ?15, slice = ?16, deleted = ?17, alias = ?18, digest = ?19, \
                   document_sealed = ?20, readings_sealed = ?21";
        let sighted = &self.sighted;
        connection.prepare_cached(sql)?.execute(params![
            id,
            self.kind,
            self.parent.map(|parent| parent.uuid().into_bytes()),
            self.state,
            self.port.map(|(protocol, _)| protocol.as_str()),
            self.port.map(|(_, port)| port),
            self.scope.account,
            self.scope.region,
            self.scope.connection.map(|id| id.uuid().into_bytes()),
            self.scope.segment.map(|id| id.uuid().into_bytes()),
            sighted.first_seen.micros(),
            sighted.last_seen.micros(),
            sighted.last_changed.micros(),
            sighted.seen_by.map(|task| task.uuid().into_bytes()),
            sighted.changed_by.map(|task| task.uuid().into_bytes()),
            sighted.slice.map(|slice| slice.uuid().into_bytes()),
            self.deleted.map(|at| at.micros()),
            self.document.alias.as_deref().map(|alias| alias_digest(keyring, alias)),
            self.digest(keyring),
            sealed::seal(keyring, DOCUMENT, &id, &kept)?,
            readings(keyring, &id, &self.readings)?,
        ])?;
        self.relate(connection)?;
        let sql = match self.deleted {
            None => "INSERT OR IGNORE INTO embedding_queue (thing) VALUES (?1)",
            Some(_) => "DELETE FROM embedding_queue WHERE thing = ?1",
        };
        connection.prepare_cached(sql)?.execute([id])?;
        if self.deleted.is_some() {
            connection.prepare_cached("DELETE FROM embeddings WHERE thing = ?1")?.execute([id])?;
        }
        Ok(())
    }

    /// Writes its relations as the document has them; those of what is gone are gone.
    fn relate(&self, connection: &Connection) -> rusqlite::Result<()> {
        let id = self.id.uuid().into_bytes();
        connection.prepare_cached("DELETE FROM relations WHERE source = ?1")?.execute([id])?;
        if self.deleted.is_some() {
            return Ok(());
        }
        let sql = "INSERT OR IGNORE INTO relations (source, kind, target) VALUES (?1, ?2, ?3)";
        for (kind, targets) in &self.document.relations {
            for target in targets {
                connection.prepare_cached(sql)?.execute((id, kind, target.uuid().into_bytes()))?;
            }
        }
        Ok(())
    }
}

/// Returns the digest under which an alias is found.
pub(crate) fn alias_digest(keyring: &Keyring, alias: &str) -> [u8; 16] {
    keyring.lookup("things.alias", alias.as_bytes())
}

fn readings(keyring: &Keyring, id: &[u8; 16], readings: &Map<String, Value>) -> OpResult<Option<Vec<u8>>> {
    if readings.is_empty() { Ok(None) } else { sealed::seal(keyring, READINGS, id, readings).map(Some) }
}

/// Notes that a thing was seen again and nothing about it is different.
pub(crate) fn touch(
    connection: &Connection,
    keyring: &Keyring,
    id: ThingId,
    (task, at, slice): (TaskId, Timestamp, Option<SliceId>),
    measured: &Map<String, Value>,
) -> OpResult<()> {
    let id = id.uuid().into_bytes();
    let sql = "UPDATE things SET last_seen = max(last_seen, ?2), seen_by = ?3, slice = coalesce(?4, slice), \
               readings_sealed = coalesce(?5, readings_sealed) WHERE id = ?1";
    connection.prepare_cached(sql)?.execute((
        id,
        at.micros(),
        task.uuid().into_bytes(),
        slice.map(|slice| slice.uuid().into_bytes()),
        readings(keyring, &id, measured)?,
    ))?;
    Ok(())
}

/// Reads a row with [`COLUMNS`] starting at column `at`.
pub(crate) fn read_at(row: &Row<'_>, at: usize, keyring: &Keyring) -> rusqlite::Result<Thing> {
    let id: [u8; 16] = row.get(at)?;
    let protocol = match row.get_ref(at + 4)?.as_str_or_null()? {
        Some("udp") => Some(Protocol::Udp),
        Some(_) => Some(Protocol::Tcp),
        None => None,
    };
    let uuid = |column: usize| {
        Ok::<_, rusqlite::Error>(row.get::<_, Option<[u8; 16]>>(column)?.map(Uuid::from_bytes))
    };
    let time = |column: usize| row.get(column).map(Timestamp::from_micros);
    let kept: Kept = sealed::open(keyring, DOCUMENT, &id, row.get_ref(at + 17)?.as_blob()?)?;
    let readings = match row.get_ref(at + 18)?.as_blob_or_null()? {
        Some(sealed) => sealed::open(keyring, READINGS, &id, sealed)?,
        None => Map::new(),
    };
    Ok(Thing {
        id: ThingId::from_uuid(Uuid::from_bytes(id)),
        kind: row.get(at + 1)?,
        parent: uuid(at + 2)?.map(ThingId::from_uuid),
        state: row.get(at + 3)?,
        port: protocol.zip(row.get(at + 5)?),
        scope: ThingScope {
            account: row.get(at + 6)?,
            region: row.get(at + 7)?,
            connection: uuid(at + 8)?.map(ConnectionId::from_uuid),
            segment: uuid(at + 9)?.map(SegmentId::from_uuid),
            subnet: kept.subnet,
        },
        sighted: Sighted {
            first_seen: time(at + 10)?,
            last_seen: time(at + 11)?,
            last_changed: time(at + 12)?,
            seen_by: task(row, at + 13)?,
            changed_by: task(row, at + 14)?,
            slice: uuid(at + 15)?.map(SliceId::from_uuid),
        },
        deleted: row.get::<_, Option<i64>>(at + 16)?.map(Timestamp::from_micros),
        document: kept.document,
        readings,
    })
}

/// Reads an optional task id.
pub(crate) fn task(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<TaskId>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(|id| TaskId::from_uuid(Uuid::from_bytes(id))))
}

/// Returns the thing, if there is one; tombstones are things too.
pub(crate) fn find(
    connection: &Connection,
    keyring: &Keyring,
    id: ThingId,
) -> rusqlite::Result<Option<Thing>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM things WHERE id = ?1"))?
        .query_row([id.uuid().into_bytes()], |row| read_at(row, 0, keyring))
        .optional()
}

/// Returns what is known of a thing without opening it.
pub(crate) fn light(connection: &Connection, id: ThingId) -> rusqlite::Result<Option<Light>> {
    let sql = "SELECT digest, deleted IS NOT NULL, last_seen, seen_by, first_seen, last_changed FROM things WHERE id = ?1";
    let read = |row: &Row<'_>| {
        Ok(Light {
            digest: row.get(0)?,
            deleted: row.get(1)?,
            last_seen: Timestamp::from_micros(row.get(2)?),
            seen_by: task(row, 3)?,
            first_seen: Timestamp::from_micros(row.get(4)?),
            last_changed: Timestamp::from_micros(row.get(5)?),
        })
    };
    connection.prepare_cached(sql)?.query_row([id.uuid().into_bytes()], read).optional()
}

/// Returns the services of a host, by port.
pub(crate) fn services(
    connection: &Connection,
    keyring: &Keyring,
    host: ThingId,
) -> rusqlite::Result<Vec<Thing>> {
    let sql =
        format!("SELECT {COLUMNS} FROM things WHERE parent = ?1 AND deleted IS NULL ORDER BY port, protocol");
    connection
        .prepare_cached(&sql)?
        .query_map([host.uuid().into_bytes()], |row| read_at(row, 0, keyring))?
        .collect()
}

/// Calls `each` with every thing behind `after`, by id, and its digest, until it has seen `limit`; returns the last one's id.
/// Those that `skip` knows are not opened.
pub(crate) fn all(
    connection: &Connection,
    keyring: &Keyring,
    after: Option<ThingId>,
    limit: usize,
    mut skip: impl FnMut(ThingId, &Light) -> bool,
    mut each: impl FnMut(Thing, [u8; 16]),
) -> rusqlite::Result<Option<ThingId>> {
    let sql = format!("SELECT {COLUMNS}, things.digest FROM things WHERE id > ?1 ORDER BY id LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let after = after.map(|id| id.uuid().into_bytes().to_vec()).unwrap_or_default();
    let mut rows = statement.query((after, limit as i64))?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let id = ThingId::from_uuid(Uuid::from_bytes(row.get(0)?));
        last = Some(id);
        let light = Light {
            digest: row.get(19)?,
            deleted: row.get_ref(16)? != ValueRef::Null,
            first_seen: Timestamp::from_micros(row.get(10)?),
            last_seen: Timestamp::from_micros(row.get(11)?),
            last_changed: Timestamp::from_micros(row.get(12)?),
            seen_by: task(row, 13)?,
        };
        if !skip(id, &light) {
            each(read_at(row, 0, keyring)?, light.digest);
        }
    }
    Ok(last)
}
