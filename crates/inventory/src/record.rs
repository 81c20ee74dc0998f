//! Recording what a scan found: things, observations, changes and their events, in one transaction.

mod network;
pub(crate) mod slice;
pub(crate) mod thing;

use std::collections::BTreeMap;
use std::net::IpAddr;

use async_trait::async_trait;
use groma_database::WriteTx;
use groma_database::rusqlite::{self, OptionalExtension as _};
use groma_journal::NewEvent;
use groma_model::change::{ChangeKind, FieldChange};
use groma_model::network::{HostChanged, PortState};
use groma_model::task::{EventSink, InventoryRead, InventoryWrite, StoreError};
use groma_model::{Finding, Payload, Subject, TaskId, ThingId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::InventoryError;
use crate::error::OpResult;
use crate::feed::Fed;
use crate::inventory::Inventory;
use crate::things::{self, Sighted, Thing};
use crate::{difference, sealed, tasks};

#[async_trait]
impl InventoryWrite for Inventory {
    async fn record(&self, task: TaskId, findings: Vec<Finding>) -> Result<(), StoreError> {
        Ok(self
            .write(move |inventory, tx| {
                tasks::require_running(tx, task)?;
                let mut recording = Recording::new(inventory, task);
                for finding in findings {
                    recording.take(tx, finding)?;
                }
                recording.finish(tx)
            })
            .await?)
    }
}

#[async_trait]
impl InventoryRead for Inventory {
    async fn known_open_ports(&self, address: IpAddr) -> Result<Vec<u16>, StoreError> {
        let host = self.host_id(address);
        let query = move |_: &Inventory, connection: &rusqlite::Connection| {
            let sql = "SELECT port FROM things WHERE parent = ?1 AND protocol = 'tcp' AND state = 'open' \
                       AND deleted IS NULL ORDER BY port";
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_map([host.uuid().into_bytes()], |row| row.get(0))?.collect()
        };
        Ok(self.read(query).await?)
    }
}

#[async_trait]
impl EventSink for Inventory {
    async fn emit(&self, task: TaskId, payload: Payload) -> Result<(), StoreError> {
        let event_type = payload.event_type().name;
        let emitted = self.write(move |inventory, tx| {
            tasks::require_running(tx, task)?;
            inventory.append_for(tx, task, vec![payload])
        });
        match emitted.await {
            // What a scan finds is refused too if storage is gone: then it stops, but not for want of an event.
            Err(InventoryError::Storage(why)) => {
                tracing::error!(event_type, scan_id = %task, %why, "failed to emit an event");
                self.journal.count_failed(1);
                Ok(())
            }
            emitted => Ok(emitted?),
        }
    }
}

impl Inventory {
    /// Appends events about a task; errors among them are also kept as its warnings.
    pub(crate) fn append_for(
        &self,
        tx: &mut WriteTx<'_>,
        task: TaskId,
        payloads: Vec<Payload>,
    ) -> OpResult<()> {
        for payload in &payloads {
            if let Payload::NetworkError(error) = payload {
                tasks::warn(tx, &self.keyring, task, error.timestamp, &error.message)?;
            }
        }
        let subject = Some(Subject::scan(task));
        self.append(tx, payloads.into_iter().map(|payload| NewEvent { subject, payload }).collect())?;
        Ok(())
    }
}

/// What was different about one host, its services included.
#[derive(Debug)]
pub(crate) struct HostDiff {
    pub(crate) address: IpAddr,
    pub(crate) change: ChangeKind,
    pub(crate) diff: Vec<FieldChange>,
}

/// What one call of `record` has taken so far.
struct Recording<'a> {
    inventory: &'a Inventory,
    task: TaskId,
    discovered: Vec<Payload>,
    hosts: BTreeMap<ThingId, HostDiff>,
    changed: Vec<NewEvent>,
    fed: Vec<Fed>,
}

impl<'a> Recording<'a> {
    const fn new(inventory: &'a Inventory, task: TaskId) -> Self {
        Self {
            inventory,
            task,
            discovered: Vec::new(),
            hosts: BTreeMap::new(),
            changed: Vec::new(),
            fed: Vec::new(),
        }
    }

    fn take(&mut self, tx: &WriteTx<'_>, finding: Finding) -> OpResult<()> {
        match finding {
            Finding::Host(finding) => self.host(tx, finding),
            Finding::Port(finding) => self.port(tx, finding),
            Finding::Thing(finding) => self.thing(tx, *finding),
            Finding::Slice(finding) => self.slice(tx, finding),
        }
    }

    /// Appends the events in order: discoveries as they came, then changes; feeds the index once all is on disk.
    fn finish(self, tx: &mut WriteTx<'_>) -> OpResult<()> {
        let subject = Some(Subject::scan(self.task));
        let discovered = self.discovered.into_iter().map(|payload| NewEvent { subject, payload });
        let hosts = host_events(self.task, self.hosts);
        self.inventory.append(tx, discovered.chain(hosts).chain(self.changed).collect())?;
        self.inventory.feed(tx, self.fed);
        Ok(())
    }

    /// Notes that the task saw the thing; returns whether the task knew less before.
    fn observe(
        &self,
        tx: &WriteTx<'_>,
        thing: &Thing,
        before: Option<(Timestamp, Option<TaskId>)>,
        at: Timestamp,
    ) -> OpResult<bool> {
        let (task, id) = (self.task.uuid().into_bytes(), thing.id.uuid().into_bytes());
        let find = "SELECT state FROM observations WHERE task = ?1 AND thing = ?2";
        let seen: Option<String> =
            tx.connection().prepare_cached(find)?.query_row((task, id), |row| row.get(0)).optional()?;
        let told = seen.as_deref().and_then(PortState::from_word);
        // A port that was told as open in this scan stays so in its record, whatever a second look says.
        let settled = match told {
            Some(PortState::Open) => true,
            Some(PortState::OpenFiltered) => thing.state != PortState::Open.as_str(),
            _ => seen.as_ref().is_some_and(|seen| *seen == thing.state),
        };
        if settled {
            return Ok(false);
        }
        let row = sealed::row(&[&task, &id]);
        let attributes =
            sealed::seal(&self.inventory.keyring, "observations.attributes", &row, &thing.seen())?;
        let sql = "INSERT INTO observations (task, thing, kind, parent, state, protocol, port, at, seen_before, \
                   seen_before_by, attributes_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) \
                   ON CONFLICT (task, thing) DO UPDATE SET state = ?5, at = ?8, attributes_sealed = ?11";
        tx.connection().prepare_cached(sql)?.execute(rusqlite::params![
            task,
            id,
            thing.kind,
            thing.parent.map(|parent| parent.uuid().into_bytes()),
            thing.state,
            thing.port.map(|(protocol, _)| protocol.as_str()),
            thing.port.map(|(_, port)| port),
            at.micros(),
            before.map(|(seen, _)| seen.micros()),
            before.and_then(|(_, by)| by).map(|task| task.uuid().into_bytes()),
            attributes,
        ])?;
        Ok(true)
    }

    /// Writes a thing about which something is different, and that.
    fn change(
        &mut self,
        tx: &WriteTx<'_>,
        mut thing: Thing,
        before: Option<&Thing>,
        at: Timestamp,
    ) -> OpResult<()> {
        thing.sighted.last_changed = at;
        thing.sighted.changed_by = Some(self.task);
        log_change(tx, self.inventory, self.task, before, Some(&thing), at)?;
        thing.save(tx.connection(), &self.inventory.keyring)?;
        self.fed.push(Fed::Changed(Box::new(thing)));
        Ok(())
    }

    /// Notes that nothing about a thing is different.
    fn touch(&mut self, tx: &WriteTx<'_>, thing: &Thing, at: Timestamp) -> OpResult<()> {
        let (connection, keyring) = (tx.connection(), &self.inventory.keyring);
        things::touch(connection, keyring, thing.id, (self.task, at, thing.sighted.slice), &thing.readings)?;
        self.fed.push(Fed::Seen(thing.id, at));
        Ok(())
    }
}

/// Returns the events that tell what was different about hosts.
pub(crate) fn host_events(
    scan_id: TaskId,
    hosts: BTreeMap<ThingId, HostDiff>,
) -> impl Iterator<Item = NewEvent> {
    hosts.into_iter().map(move |(thing_id, host)| NewEvent {
        subject: Some(Subject::host(thing_id)),
        payload: HostChanged { scan_id, thing_id, host: host.address, change: host.change, diff: host.diff }
            .into(),
    })
}

/// A change as kept: enough to show it, and to take it back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) diff: Vec<FieldChange>,
    /// When and by whom it had been seen; absent if it was not known, or gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<Sighted>,
    /// For a thing that was taken away: what it needs besides its document to be shown again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) readings: Option<serde_json::Map<String, Value>>,
    /// For a thing that is there again: when and by whom it had been found to be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) buried: Option<(Timestamp, Option<TaskId>)>,
}

impl Change {
    /// Returns what is different between two states of a thing, of which one may be none.
    pub(crate) fn between(before: Option<&Thing>, after: Option<&Thing>) -> Self {
        let told = |thing: Option<&Thing>| thing.map_or(Value::Null, Thing::told);
        Self {
            diff: difference::between(&told(before), &told(after)),
            before: before.map(|before| before.sighted.clone()),
            readings: before.map(|before| before.readings.clone()).filter(|readings| !readings.is_empty()),
            buried: None,
        }
    }
}

pub(crate) const CHANGE: &str = "changes.diff";

/// Keeps what is different, for history and for taking back.
pub(crate) fn log_change(
    tx: &WriteTx<'_>,
    inventory: &Inventory,
    task: TaskId,
    before: Option<&Thing>,
    after: Option<&Thing>,
    at: Timestamp,
) -> OpResult<()> {
    let Some(thing) = after.or(before) else { return Ok(()) };
    let kind = match (before, after) {
        (None, _) => ChangeKind::Added,
        (Some(_), Some(_)) => ChangeKind::Updated,
        (Some(_), None) => ChangeKind::Deleted,
    };
    let (task, id) = (task.uuid().into_bytes(), thing.id.uuid().into_bytes());
    let mut change = Change::between(before, after);
    if before.is_none() {
        change.buried = tombstone(tx, id)?;
    }
    let sealed = sealed::seal(&inventory.keyring, CHANGE, &sealed::row(&[&task, &id]), &change)?;
    let sql = "INSERT INTO changes (task, thing, change, at, diff_sealed) VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.connection().prepare_cached(sql)?.execute((task, id, kind.as_str(), at.micros(), sealed))?;
    Ok(())
}

/// Returns when a thing was found to be gone, and by whom; `None` if it is there, or not known.
fn tombstone(tx: &WriteTx<'_>, thing: [u8; 16]) -> rusqlite::Result<Option<(Timestamp, Option<TaskId>)>> {
    let sql = "SELECT deleted, changed_by FROM things WHERE id = ?1 AND deleted IS NOT NULL";
    let read = |row: &rusqlite::Row<'_>| {
        let by = row.get::<_, Option<[u8; 16]>>(1)?.map(|by| TaskId::from_uuid(uuid::Uuid::from_bytes(by)));
        Ok((Timestamp::from_micros(row.get(0)?), by))
    };
    tx.connection().prepare_cached(sql)?.query_row([thing], read).optional()
}
