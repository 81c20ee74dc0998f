//! Recording what a scan found: things, observations, changes and their events, in one transaction.

use async_trait::async_trait;
use groma_database::WriteTx;
use groma_database::rusqlite::{self, OptionalExtension as _};
use groma_journal::NewEvent;
use groma_model::Finding;
use groma_model::network::{
    ChangeKind, FieldChange, HostChanged, HostDiscovered, HostFinding, PortDiscovered, PortFinding,
    PortState, Protocol,
};
use groma_model::task::{EventSink, InventoryRead, InventoryWrite, StoreError};
use groma_model::{Payload, Subject, TaskId, ThingId, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::InventoryError;
use crate::error::OpResult;
use crate::inventory::Inventory;
use crate::things::{self, Attributes, HOST, SERVICE, Thing};
use crate::{sealed, tasks};

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
                let events = recording.events();
                inventory.append(tx, events)?;
                Ok(())
            })
            .await?)
    }
}

#[async_trait]
impl InventoryRead for Inventory {
    async fn known_open_ports(&self, address: IpAddr) -> Result<Vec<u16>, StoreError> {
        let host = self.host_id(address);
        let query = move |_: &Inventory, connection: &rusqlite::Connection| {
            let sql = "SELECT port FROM things WHERE parent = ?1 AND protocol = 'tcp' AND state = 'open' ORDER BY port";
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

/// What was different about one host.
#[derive(Debug)]
struct HostDiff {
    address: IpAddr,
    change: ChangeKind,
    diff: Vec<FieldChange>,
}

struct Recording<'a> {
    inventory: &'a Inventory,
    task: TaskId,
    discovered: Vec<Payload>,
    changed: BTreeMap<ThingId, HostDiff>,
}

impl<'a> Recording<'a> {
    const fn new(inventory: &'a Inventory, task: TaskId) -> Self {
        Self { inventory, task, discovered: Vec::new(), changed: BTreeMap::new() }
    }

    fn take(&mut self, tx: &WriteTx<'_>, finding: Finding) -> OpResult<()> {
        match finding {
            Finding::Host(finding) => self.host(tx, finding),
            Finding::Port(finding) => self.port(tx, &finding),
            Finding::Thing(_) | Finding::Slice(_) => Ok(()),
        }
    }

    fn host(&mut self, tx: &WriteTx<'_>, finding: HostFinding) -> OpResult<()> {
        let id = self.inventory.host_id(finding.address);
        let before = things::find(tx.connection(), &self.inventory.keyring, id)?;
        let mut thing = before.clone().unwrap_or_else(|| self.fresh(id, HOST, None, "up", finding.at));
        thing.attributes.address = Some(finding.address);
        thing.attributes.response_time_ms = Some(finding.response_time_ms);
        thing.state = "up".to_owned();
        let mut diff = Vec::new();
        match &before {
            None => {}
            Some(before) => {
                field(&mut diff, "/state", &json!(before.state), &json!(thing.state));
                // A scan by address knows no name, which does not make a known name wrong.
                if finding.hostname.is_some() && finding.hostname != before.attributes.hostname {
                    field(
                        &mut diff,
                        "/hostname",
                        &json!(before.attributes.hostname),
                        &json!(finding.hostname),
                    );
                }
            }
        }
        if finding.hostname.is_some() {
            thing.attributes.hostname = finding.hostname;
        }
        if before.is_none() {
            diff.push(FieldChange { path: String::new(), before: Value::Null, after: thing.document() });
        }
        let new = self.observe(tx, &thing, before.as_ref(), finding.at)?;
        self.keep(tx, thing.clone(), before, diff, finding.address, finding.at)?;
        if new {
            self.discovered.push(
                HostDiscovered {
                    scan_id: self.task,
                    host: finding.address,
                    thing_id: id,
                    response_time_ms: finding.response_time_ms,
                    ttl: None,
                    mac_address: None,
                    vendor: None,
                    hostname: thing.attributes.hostname,
                    timestamp: finding.at,
                }
                .into(),
            );
        }
        Ok(())
    }

    fn port(&mut self, tx: &WriteTx<'_>, finding: &PortFinding) -> OpResult<()> {
        let host = self.inventory.host_id(finding.address);
        let id = host.service(finding.protocol, finding.port);
        let before = things::find(tx.connection(), &self.inventory.keyring, id)?;
        let open = matches!(finding.state, PortState::Open | PortState::OpenFiltered);
        if before.is_none() && !open {
            return Ok(());
        }
        let fresh = || {
            let mut fresh = self.fresh(id, SERVICE, Some(host), finding.state.as_str(), finding.at);
            fresh.port = Some((finding.protocol, finding.port));
            fresh
        };
        let mut thing = before.clone().unwrap_or_else(fresh);
        thing.state = finding.state.as_str().to_owned();
        let mut diff = Vec::new();
        match &before {
            None => {
                diff.push(FieldChange { path: thing.path(), before: Value::Null, after: thing.document() });
            }
            Some(before) => field(
                &mut diff,
                &format!("{}/state", thing.path()),
                &json!(before.state),
                &json!(thing.state),
            ),
        }
        let new = self.observe(tx, &thing, before.as_ref(), finding.at)?;
        self.keep(tx, thing, before, diff, finding.address, finding.at)?;
        if new && open {
            self.discovered.push(
                PortDiscovered {
                    scan_id: self.task,
                    host: finding.address,
                    port: finding.port,
                    protocol: finding.protocol,
                    state: finding.state,
                    service: None,
                    timestamp: finding.at,
                }
                .into(),
            );
        }
        Ok(())
    }

    fn fresh(&self, id: ThingId, kind: &str, parent: Option<ThingId>, state: &str, at: Timestamp) -> Thing {
        Thing {
            id,
            kind: kind.to_owned(),
            parent,
            state: state.to_owned(),
            port: None::<(Protocol, u16)>,
            first_seen: at,
            last_seen: at,
            last_changed: at,
            seen_by: Some(self.task),
            changed_by: Some(self.task),
            attributes: Attributes::default(),
        }
    }

    /// Notes that the task saw the thing; returns whether the task knew less before.
    fn observe(
        &self,
        tx: &WriteTx<'_>,
        thing: &Thing,
        before: Option<&Thing>,
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
            sealed::seal(&self.inventory.keyring, "observations.attributes", &row, &thing.attributes)?;
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
            before.map(|before| before.last_seen.micros()),
            before.and_then(|before| before.seen_by).map(|task| task.uuid().into_bytes()),
            attributes,
        ])?;
        Ok(true)
    }

    /// Writes the thing, and its change if there is one.
    fn keep(
        &mut self,
        tx: &WriteTx<'_>,
        mut thing: Thing,
        before: Option<Thing>,
        diff: Vec<FieldChange>,
        address: IpAddr,
        at: Timestamp,
    ) -> OpResult<()> {
        // A refused or filtered port was not seen: only its state is known better now.
        if thing.kind == HOST || matches!(thing.port_state(), PortState::Open | PortState::OpenFiltered) {
            thing.last_seen = thing.last_seen.max(at);
            thing.seen_by = Some(self.task);
        }
        if !diff.is_empty() {
            thing.last_changed = at;
            thing.changed_by = Some(self.task);
            log_change(tx, self.inventory, self.task, &thing, before.as_ref(), at)?;
            self.note_diff(&thing, before.is_none(), address, diff);
        }
        thing.save(tx.connection(), &self.inventory.keyring)
    }

    fn note_diff(&mut self, thing: &Thing, added: bool, address: IpAddr, diff: Vec<FieldChange>) {
        let change = if added && thing.kind == HOST { ChangeKind::Added } else { ChangeKind::Updated };
        let host = thing.parent.unwrap_or(thing.id);
        let entry =
            self.changed.entry(host).or_insert_with(|| HostDiff { address, change, diff: Vec::new() });
        entry.diff.extend(diff);
    }

    /// Returns the events in order: discoveries as they came, then changes host by host.
    fn events(self) -> Vec<NewEvent> {
        let scan_id = self.task;
        let subject = Some(Subject::scan(scan_id));
        let discovered = self.discovered.into_iter().map(|payload| NewEvent { subject, payload });
        let changed = self.changed.into_iter().map(|(thing_id, host)| NewEvent {
            subject: Some(Subject::host(thing_id)),
            payload: HostChanged {
                scan_id,
                thing_id,
                host: host.address,
                change: host.change,
                diff: host.diff,
            }
            .into(),
        });
        discovered.chain(changed).collect()
    }
}

fn field(diff: &mut Vec<FieldChange>, path: &str, before: &Value, after: &Value) {
    if before != after {
        diff.push(FieldChange { path: path.to_owned(), before: before.clone(), after: after.clone() });
    }
}

/// Keeps what the thing was before a change, for history and for taking back.
pub(crate) fn log_change(
    tx: &WriteTx<'_>,
    inventory: &Inventory,
    task: TaskId,
    thing: &Thing,
    before: Option<&Thing>,
    at: Timestamp,
) -> OpResult<()> {
    let id = thing.id.uuid().into_bytes();
    let task = task.uuid().into_bytes();
    let row = sealed::row(&[&task, &id]);
    let sealed =
        before.map(|before| sealed::seal(&inventory.keyring, "changes.before", &row, before)).transpose()?;
    let change = if before.is_none() { ChangeKind::Added } else { ChangeKind::Updated };
    let sql = "INSERT INTO changes (task, thing, change, at, before_sealed) VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.connection().prepare_cached(sql)?.execute((task, id, change.as_str(), at.micros(), sealed))?;
    Ok(())
}
