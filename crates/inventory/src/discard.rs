//! Taking back what a scan changed: the inverse changes, told by a small scan record of their own.

use groma_database::WriteTx;
use groma_database::rusqlite::{self, OptionalExtension as _};
use groma_journal::NewEvent;
use groma_model::network::{ChangeKind, FieldChange, HostChanged};
use groma_model::task::{Plan, TaskEnd, TaskSummary};
use groma_model::{Payload, PrincipalId, Subject, TaskId, ThingId, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::IpAddr;
use uuid::Uuid;

use crate::error::{OpResult, refuse};
use crate::inventory::Inventory;
use crate::tasks::NewTask;
use crate::things::{self, Thing};
use crate::{InventoryError, sealed, tasks};

/// Makes the last events of a task from its summary.
type Ended = Box<dyn FnOnce(TaskId, &TaskSummary, Timestamp) -> Vec<Payload> + Send>;

/// The first and last events of the scan record that takes changes back.
pub struct DiscardEvents {
    /// Makes the first.
    pub started: Box<dyn FnOnce(TaskId, Timestamp) -> Payload + Send>,
    /// Makes the last.
    pub ended: Ended,
}

impl std::fmt::Debug for DiscardEvents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DiscardEvents")
    }
}

struct HostDiff {
    address: IpAddr,
    change: ChangeKind,
    diff: Vec<FieldChange>,
}

impl Inventory {
    /// Takes back the changes of an ended scan, leaving alone what a later scan saw or changed.
    ///
    /// # Errors
    /// When there is no such scan, it has not ended, it was discarded before, or storage refuses.
    pub async fn discard(
        &self,
        old: TaskId,
        principal: PrincipalId,
        events: DiscardEvents,
    ) -> Result<TaskId, InventoryError> {
        let new = TaskId::now();
        self.write(move |inventory, tx| inventory.discard_in(tx, old, new, principal, events)).await?;
        Ok(new)
    }

    fn discard_in(
        &self,
        tx: &mut WriteTx<'_>,
        old: TaskId,
        new: TaskId,
        principal: PrincipalId,
        events: DiscardEvents,
    ) -> OpResult<()> {
        let (old_id, new_id) = (old.uuid().into_bytes(), new.uuid().into_bytes());
        let status = tasks::require(tx.connection(), old)?;
        if !tasks::is_ended(&status) {
            return refuse(InventoryError::Conflict(format!(
                "scan {old} is {status}: cancel it, choosing to discard"
            )));
        }
        let sql = "SELECT request_sealed, discarded_by IS NOT NULL OR discards IS NOT NULL FROM tasks WHERE id = ?1";
        let (request, before): (Vec<u8>, bool) =
            tx.connection().query_row(sql, [old_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if before {
            return refuse(InventoryError::Conflict(format!(
                "scan {old} has been discarded, or is itself the record of a discard"
            )));
        }
        let request = self.open_request(&old_id, &request)?;
        let now = self.clock.now();
        self.create(tx, &NewTask { id: new, request, principal, resumes: None })?;
        tx.connection().execute("UPDATE tasks SET discards = ?2 WHERE id = ?1", (new_id, old_id))?;
        tx.connection().execute("UPDATE tasks SET discarded_by = ?2 WHERE id = ?1", (old_id, new_id))?;
        self.begin_task(tx, new, &Plan::default(), (events.started)(new, now))?;
        let hosts = self.invert(tx, old, new, now)?;
        let told = hosts.into_iter().map(|(thing_id, host)| NewEvent {
            subject: Some(Subject::host(thing_id)),
            payload: HostChanged {
                scan_id: new,
                thing_id,
                host: host.address,
                change: host.change,
                diff: host.diff,
            }
            .into(),
        });
        let told = told.collect();
        self.append(tx, told)?;
        self.end_task(tx, new, &TaskEnd::Completed, |summary| (events.ended)(new, summary, now))?;
        Ok(())
    }

    /// Applies the inverse of each change, newest first; returns what became different, host by host.
    fn invert(
        &self,
        tx: &WriteTx<'_>,
        old: TaskId,
        new: TaskId,
        now: Timestamp,
    ) -> OpResult<BTreeMap<ThingId, HostDiff>> {
        let old_id = old.uuid().into_bytes();
        let mut hosts = BTreeMap::new();
        let later = self.later_scans(tx, old)?;
        let sql = "SELECT thing, before_sealed, at FROM changes WHERE task = ?1 ORDER BY ordinal DESC";
        let mut statement = tx.connection().prepare_cached(sql)?;
        let mut rows = statement.query([old_id])?;
        // Services come before their hosts where both are new, because the host was recorded first.
        while let Some(row) = rows.next()? {
            let id: [u8; 16] = row.get(0)?;
            let thing = ThingId::from_uuid(Uuid::from_bytes(id));
            let Some(current) = things::find(tx.connection(), &self.keyring, thing)? else { continue };
            let place = sealed::row(&[&old_id, &id]);
            let before: Option<Thing> = match row.get_ref(1)?.as_blob_or_null().unwrap_or_default() {
                Some(sealed) => Some(sealed::open(&self.keyring, "changes.before", &place, sealed)?),
                None => None,
            };
            let at: i64 = row.get(2)?;
            if current.changed_by != Some(old)
                || self.seen_since(tx, &current, before.as_ref(), old, at, &later)?
                || (before.is_none() && self.has_services(tx, &current)?)
            {
                continue;
            }
            let Some(address) = self.address_of(tx, &current)? else { continue };
            self.take_back(tx, new, now, &current, before, address, &mut hosts)?;
        }
        self.forget_sightings(tx, old)?;
        Ok(hosts)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one change; a struct of them would be used here alone"
    )]
    fn take_back(
        &self,
        tx: &WriteTx<'_>,
        new: TaskId,
        now: Timestamp,
        current: &Thing,
        before: Option<Thing>,
        address: IpAddr,
        hosts: &mut BTreeMap<ThingId, HostDiff>,
    ) -> OpResult<()> {
        let host = current.parent.unwrap_or(current.id);
        let entry = hosts.entry(host).or_insert_with(|| HostDiff {
            address,
            change: ChangeKind::Updated,
            diff: Vec::new(),
        });
        match before {
            None => {
                entry.diff.push(FieldChange {
                    path: current.path(),
                    before: current.document(),
                    after: Value::Null,
                });
                if current.parent.is_none() {
                    entry.change = ChangeKind::Deleted;
                }
                self.log_removal(tx, new, current, now)?;
                tx.connection()
                    .execute("DELETE FROM things WHERE id = ?1", [current.id.uuid().into_bytes()])?;
            }
            Some(before) => {
                let mut change = |field: &str, now: Value, then: Value| {
                    if now != then {
                        entry.diff.push(FieldChange {
                            path: format!("{}/{field}", current.path()),
                            before: now,
                            after: then,
                        });
                    }
                };
                change("state", json!(current.state), json!(before.state));
                change("hostname", json!(current.attributes.hostname), json!(before.attributes.hostname));
                crate::record::log_change(tx, self, new, current, Some(current), now)?;
                // As it is now, whoever changed it before has left it: that may be taken back next.
                let restored = Thing { last_changed: now, ..before };
                restored.save(tx.connection(), &self.keyring)?;
            }
        }
        Ok(())
    }

    fn log_removal(&self, tx: &WriteTx<'_>, task: TaskId, thing: &Thing, at: Timestamp) -> OpResult<()> {
        let (task, id) = (task.uuid().into_bytes(), thing.id.uuid().into_bytes());
        let sealed = sealed::seal(&self.keyring, "changes.before", &sealed::row(&[&task, &id]), thing)?;
        let sql = "INSERT INTO changes (task, thing, change, at, before_sealed) VALUES (?1, ?2, ?3, ?4, ?5)";
        tx.connection().prepare_cached(sql)?.execute((
            task,
            id,
            ChangeKind::Deleted.as_str(),
            at.micros(),
            sealed,
        ))?;
        Ok(())
    }

    /// Returns the scans that may have seen something later than `old`, and still count; newest first, because most
    /// things were seen by the newest.
    fn later_scans(&self, tx: &WriteTx<'_>, old: TaskId) -> rusqlite::Result<Vec<[u8; 16]>> {
        let sql = "SELECT t.id FROM tasks AS t JOIN tasks AS o ON o.id = ?1 WHERE t.id <> ?1 AND t.discards IS NULL AND \
                   t.discarded_by IS NULL AND t.started IS NOT NULL AND (t.ended IS NULL OR t.ended >= o.started) \
                   ORDER BY t.started DESC";
        let mut later = tx.connection().prepare_cached(sql)?;
        later.query_map([old.uuid().into_bytes()], |row| row.get(0))?.collect()
    }

    /// Returns whether another scan saw the thing after it was changed at `at`.
    fn seen_since(
        &self,
        tx: &WriteTx<'_>,
        current: &Thing,
        before: Option<&Thing>,
        old: TaskId,
        at: i64,
        later: &[[u8; 16]],
    ) -> rusqlite::Result<bool> {
        // The thing itself names who looked last.
        let last =
            current.seen_by.filter(|by| *by != old && before.and_then(|then| then.seen_by) != Some(*by));
        if let Some(by) = last {
            let sql = "SELECT EXISTS (SELECT 1 FROM tasks WHERE id = ?1 AND discarded_by IS NOT NULL)";
            let mut discarded = tx.connection().prepare_cached(sql)?;
            if !discarded.query_row([by.uuid().into_bytes()], |row| row.get::<_, bool>(0))? {
                return Ok(true);
            }
        }
        // A scan notes its first look at a thing in the state that it had, closed ports included.
        // Of what is new with `old`, every look of another came later, whatever the clocks of their probes say.
        let at = before.map(|_| at);
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

    fn has_services(&self, tx: &WriteTx<'_>, thing: &Thing) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM things WHERE parent = ?1)";
        tx.connection().prepare_cached(sql)?.query_row([thing.id.uuid().into_bytes()], |row| row.get(0))
    }

    fn address_of(&self, tx: &WriteTx<'_>, thing: &Thing) -> rusqlite::Result<Option<IpAddr>> {
        match thing.parent {
            None => Ok(thing.attributes.address),
            Some(host) => {
                Ok(things::find(tx.connection(), &self.keyring, host)?
                    .and_then(|host| host.attributes.address))
            }
        }
    }

    /// Gives things that only this scan saw lately back the sighting before it.
    fn forget_sightings(&self, tx: &WriteTx<'_>, old: TaskId) -> rusqlite::Result<()> {
        let sql = "UPDATE things SET last_seen = o.seen_before, seen_by = o.seen_before_by FROM observations AS o \
                   WHERE o.task = ?1 AND o.thing = things.id AND things.seen_by = ?1 AND o.seen_before IS NOT NULL";
        tx.connection().prepare_cached(sql)?.execute([old.uuid().into_bytes()]).optional()?;
        Ok(())
    }
}
