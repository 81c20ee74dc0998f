//! Bringing rows of the form before schema 7 into the present one: hosts with their services, and their history from
//! whole rows into differences. A few at a time, each in one transaction, so that a process that dies loses nothing.

use std::collections::BTreeMap;
use std::net::IpAddr;

use groma_database::WriteTx;
use groma_database::rusqlite::{self, Connection, OptionalExtension as _};
use groma_model::network::{Protocol, subnet_of};
use groma_model::thing::ThingScope;
use groma_model::{TaskId, ThingId, Timestamp};
use serde::Deserialize;
use serde_json::{Map, json};
use uuid::Uuid;

use crate::InventoryError;
use crate::error::OpResult;
use crate::inventory::Inventory;
use crate::record::{CHANGE, Change};
use crate::sealed;
use crate::things::{Document, HOST, Seen, Sighted, Thing};

/// Hosts in one transaction.
const HOSTS: i64 = 50;

/// A row as changes kept it before.
#[derive(Debug, Clone, Deserialize)]
struct Old {
    id: ThingId,
    kind: String,
    parent: Option<ThingId>,
    state: String,
    port: Option<(Protocol, u16)>,
    first_seen: Timestamp,
    last_seen: Timestamp,
    last_changed: Timestamp,
    seen_by: Option<TaskId>,
    changed_by: Option<TaskId>,
    attributes: Seen,
}

const OLD_COLUMNS: &str = "id, kind, parent, state, protocol, port, first_seen, last_seen, last_changed, seen_by, changed_by, \
                           attributes_sealed";

impl Inventory {
    /// Brings rows of an earlier form into the present one.
    ///
    /// # Errors
    /// When storage refuses; what was done stays done.
    pub async fn upgrade(&self) -> Result<(), InventoryError> {
        if !self.read(|_, connection| has_old(connection)).await? {
            return Ok(());
        }
        let mut done = 0;
        loop {
            let moved = self.write(|inventory, tx| inventory.move_hosts(tx)).await?;
            if moved == 0 {
                break;
            }
            done += moved;
            tracing::info!(hosts = done, "bringing the inventory into its new form");
        }
        self.write(|inventory, tx| inventory.move_graves(tx)).await
    }

    /// Moves hosts with their services and histories; returns how many hosts.
    fn move_hosts(&self, tx: &mut WriteTx<'_>) -> OpResult<usize> {
        let connection = tx.connection();
        let hosts = self.old(connection, "WHERE parent IS NULL ORDER BY id LIMIT ?1", &HOSTS)?;
        for host in &hosts {
            let address = host.attributes.address;
            self.move_one(tx, host, address)?;
            let id = host.id.uuid().into_bytes();
            for service in self.old(connection, "WHERE parent = ?1 ORDER BY port", &id)? {
                self.move_one(tx, &service, address)?;
            }
            connection.prepare_cached("DELETE FROM things_0006 WHERE parent = ?1")?.execute([id])?;
            connection.prepare_cached("DELETE FROM things_0006 WHERE id = ?1")?.execute([id])?;
        }
        Ok(hosts.len())
    }

    fn old(
        &self,
        connection: &Connection,
        tail: &str,
        parameter: &dyn rusqlite::ToSql,
    ) -> rusqlite::Result<Vec<Old>> {
        let mut statement =
            connection.prepare_cached(&format!("SELECT {OLD_COLUMNS} FROM things_0006 {tail}"))?;
        let rows = statement.query_map([parameter], |row| {
            let id: [u8; 16] = row.get(0)?;
            let udp = row.get_ref(4)?.as_str_or_null()? == Some("udp");
            let protocol = if udp { Protocol::Udp } else { Protocol::Tcp };
            let time = |column: usize| row.get(column).map(Timestamp::from_micros);
            Ok(Old {
                id: ThingId::from_uuid(Uuid::from_bytes(id)),
                kind: row.get(1)?,
                parent: row.get::<_, Option<[u8; 16]>>(2)?.map(|id| ThingId::from_uuid(Uuid::from_bytes(id))),
                state: row.get(3)?,
                port: row.get::<_, Option<u16>>(5)?.map(|port| (protocol, port)),
                first_seen: time(6)?,
                last_seen: time(7)?,
                last_changed: time(8)?,
                seen_by: crate::things::task(row, 9)?,
                changed_by: crate::things::task(row, 10)?,
                attributes: sealed::open(
                    &self.keyring,
                    "things.attributes",
                    &id,
                    row.get_ref(11)?.as_blob()?,
                )?,
            })
        })?;
        rows.collect()
    }

    fn move_one(&self, tx: &WriteTx<'_>, old: &Old, address: Option<IpAddr>) -> OpResult<()> {
        let thing = self.new_form(old, address);
        thing.save(tx.connection(), &self.keyring)?;
        self.move_changes(tx, old.id, Some(thing), address)?;
        Ok(())
    }

    /// Moves the history of a thing, from its newest change to the oldest; returns what it was before the newest.
    fn move_changes(
        &self,
        tx: &WriteTx<'_>,
        id: ThingId,
        now: Option<Thing>,
        address: Option<IpAddr>,
    ) -> OpResult<()> {
        let connection = tx.connection();
        let mut after = now;
        let thing = id.uuid().into_bytes();
        for old in self.old_changes(connection, id)? {
            let before = old.before.as_ref().map(|before| self.new_form(before, address));
            let change = Change::between(before.as_ref(), after.as_ref());
            let sealed = sealed::seal(&self.keyring, CHANGE, &sealed::row(&[&old.task, &thing]), &change)?;
            let sql = "INSERT INTO changes (ordinal, task, thing, change, at, diff_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            let row = (old.ordinal, old.task, thing, old.change, old.at, sealed);
            connection.prepare_cached(sql)?.execute(row)?;
            after = before;
        }
        connection.prepare_cached("DELETE FROM changes_0006 WHERE thing = ?1")?.execute([thing])?;
        Ok(())
    }

    /// Returns the changes of a thing, newest first.
    fn old_changes(&self, connection: &Connection, id: ThingId) -> rusqlite::Result<Vec<OldChange>> {
        let thing = id.uuid().into_bytes();
        let sql = "SELECT ordinal, task, change, at, before_sealed FROM changes_0006 WHERE thing = ?1 ORDER BY ordinal DESC";
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map([thing], |row| {
            let task: [u8; 16] = row.get(1)?;
            let place = sealed::row(&[&task, &thing]);
            let before = row.get_ref(4)?.as_blob_or_null()?;
            let before = before.map(|sealed| sealed::open(&self.keyring, "changes.before", &place, sealed));
            Ok(OldChange {
                ordinal: row.get(0)?,
                task,
                change: row.get(2)?,
                at: row.get(3)?,
                before: before.transpose()?,
            })
        })?;
        rows.collect()
    }

    /// Gives what was taken away a tombstone, moves its history, and drops the old tables.
    fn move_graves(&self, tx: &mut WriteTx<'_>) -> OpResult<()> {
        let connection = tx.connection();
        let mut addresses: BTreeMap<ThingId, IpAddr> = BTreeMap::new();
        let mut gone: Vec<(ThingId, Option<(Old, i64)>)> = Vec::new();
        let mut statement = connection.prepare("SELECT DISTINCT thing FROM changes_0006")?;
        let ids: Vec<[u8; 16]> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for id in ids {
            let id = ThingId::from_uuid(Uuid::from_bytes(id));
            let last = self.old_changes(connection, id)?.into_iter().next();
            let last = last.and_then(|change| Some((change.before?, change.at)));
            if let Some((old, _)) = &last
                && let Some(address) = old.attributes.address
            {
                addresses.insert(id, address);
            }
            gone.push((id, last));
        }
        // Hosts before their services.
        gone.sort_by_key(|(_, last)| last.as_ref().is_some_and(|(old, _)| old.parent.is_some()));
        for (id, last) in gone {
            let host = last.as_ref().map_or(id, |(old, _)| old.parent.unwrap_or(id));
            let address = match addresses.get(&host) {
                Some(address) => Some(*address),
                None => crate::things::find(connection, &self.keyring, host)?.and_then(|host| host.address()),
            };
            if let Some((old, at)) = last {
                self.raise_grave(connection, &old, at, address)?;
            }
            self.move_changes(tx, id, None, address)?;
        }
        connection.execute_batch("DROP TABLE changes_0006; DROP TABLE things_0006;")?;
        Ok(())
    }

    fn raise_grave(
        &self,
        connection: &Connection,
        old: &Old,
        at: i64,
        address: Option<IpAddr>,
    ) -> OpResult<()> {
        let mut thing = self.new_form(old, address);
        thing.deleted = Some(Timestamp::from_micros(at));
        // A host that is not known even as gone: its services are told without it.
        let sql = "SELECT EXISTS (SELECT 1 FROM things WHERE id = ?1)";
        if let Some(parent) = thing.parent
            && !connection
                .prepare_cached(sql)?
                .query_row([parent.uuid().into_bytes()], |row| row.get::<_, bool>(0))?
        {
            thing.parent = None;
        }
        thing.save(connection, &self.keyring)
    }

    fn new_form(&self, old: &Old, address: Option<IpAddr>) -> Thing {
        let address = old.attributes.address.or(address);
        let document = match (address, old.port) {
            (Some(address), Some((protocol, port))) => Document::service(address, protocol, port),
            (Some(address), None) => Document::host(address, old.attributes.hostname.as_deref()),
            (None, _) => Document { name: old.kind.clone(), ..Document::default() },
        };
        let mut readings = Map::new();
        if let Some(response_time_ms) = old.attributes.response_time_ms.filter(|_| old.kind == HOST) {
            readings.insert("response_time_ms".to_owned(), json!(response_time_ms));
        }
        Thing {
            id: old.id,
            kind: old.kind.clone(),
            parent: old.parent,
            state: old.state.clone(),
            port: old.port,
            scope: ThingScope {
                segment: Some(self.segment),
                subnet: address.map(subnet_of),
                ..ThingScope::default()
            },
            sighted: Sighted {
                first_seen: old.first_seen,
                last_seen: old.last_seen,
                last_changed: old.last_changed,
                seen_by: old.seen_by,
                changed_by: old.changed_by,
                slice: None,
            },
            deleted: None,
            document,
            readings,
        }
    }
}

struct OldChange {
    ordinal: i64,
    task: [u8; 16],
    change: String,
    at: i64,
    before: Option<Old>,
}

fn has_old(connection: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'changes_0006'";
    Ok(connection.query_row(sql, [], |_| Ok(())).optional()?.is_some())
}
