//! Taking back what a scan changed: the inverse changes, told by a small scan record of their own.

mod beside;
mod sights;

use groma_database::WriteTx;
use groma_database::rusqlite;
use groma_journal::NewEvent;
use groma_model::change::{ChangeKind, FieldChange};
use groma_model::task::{Plan, TaskEnd, TaskSummary};
use groma_model::{Payload, PrincipalId, TaskId, ThingId, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use uuid::Uuid;

use crate::error::{OpResult, refuse};
use crate::feed::Fed;
use crate::inventory::Inventory;
use crate::record::thing::event;
use crate::record::{CHANGE, Change, HostDiff, host_events, log_change};
use crate::tasks::NewTask;
use crate::things::{self, HOST, SERVICE, Thing};
use crate::{InventoryError, difference, sealed, tasks};

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

/// What taking changes back comes to.
#[derive(Default)]
struct TakenBack {
    hosts: BTreeMap<ThingId, HostDiff>,
    changed: Vec<NewEvent>,
    fed: Vec<Fed>,
}

/// A change that is to be taken back.
struct Undo {
    thing: ThingId,
    at: i64,
    change: Change,
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
        let taken = self.invert(tx, old, new, now)?;
        self.append(tx, host_events(new, taken.hosts).chain(taken.changed).collect())?;
        self.feed(tx, taken.fed);
        self.end_task(tx, new, &TaskEnd::Completed, |summary| (events.ended)(new, summary, now))?;
        Ok(())
    }

    /// Applies the inverse of each change, newest first; returns what became different.
    fn invert(&self, tx: &WriteTx<'_>, old: TaskId, new: TaskId, now: Timestamp) -> OpResult<TakenBack> {
        let old_id = old.uuid().into_bytes();
        let (mut taken, mut left) = (TakenBack::default(), BTreeSet::new());
        let later = self.later_scans(tx, old)?;
        let sql = "SELECT thing, at, diff_sealed FROM changes WHERE task = ?1 ORDER BY ordinal DESC";
        let mut statement = tx.connection().prepare_cached(sql)?;
        let mut rows = statement.query([old_id])?;
        // Services come before their hosts where both are new, because the host was recorded first.
        while let Some(row) = rows.next()? {
            let id: [u8; 16] = row.get(0)?;
            let place = sealed::row(&[&old_id, &id]);
            let sealed = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
            let undo = Undo {
                thing: ThingId::from_uuid(Uuid::from_bytes(id)),
                at: row.get(1)?,
                change: sealed::open(&self.keyring, CHANGE, &place, sealed)?,
            };
            // Nothing is taken back from under a change that stands.
            if left.contains(&undo.thing) {
                continue;
            }
            let Some(current) = things::find(tx.connection(), &self.keyring, undo.thing)? else { continue };
            if current.sighted.changed_by != Some(old)
                || self.seen_since(tx, &current, &undo, old, &later)?
                || (undo.change.before.is_none() && self.has_parts(tx, &current)?)
            {
                left.insert(undo.thing);
                continue;
            }
            self.take_back(tx, new, now, current, undo, &mut taken)?;
        }
        self.forget_sightings(tx, old, &later, &mut taken)?;
        Ok(taken)
    }

    fn take_back(
        &self,
        tx: &WriteTx<'_>,
        new: TaskId,
        now: Timestamp,
        current: Thing,
        undo: Undo,
        taken: &mut TakenBack,
    ) -> OpResult<()> {
        let living = Some(&current).filter(|current| current.deleted.is_none());
        let restored = self.before(tx, &current, &undo.change)?;
        // What it was part of may be all that was different, and be gone.
        if living.map(Thing::told) != restored.as_ref().map(Thing::told) {
            self.tell(tx, living, restored.as_ref(), taken)?;
            taken.changed.extend(event(new, living, restored.as_ref()));
            log_change(tx, self, new, living, restored.as_ref(), now)?;
        }
        match restored {
            Some(mut restored) => {
                // As it is now, whoever changed it before has left it: that may be taken back next.
                restored.sighted.last_changed = now;
                restored.save(tx.connection(), &self.keyring)?;
                taken.fed.push(Fed::Changed(Box::new(restored)));
            }
            None => self.bury_again(tx, now, current, &undo, taken)?,
        }
        Ok(())
    }

    /// Puts the tombstone back of what had a life before; nothing is left of what had none.
    fn bury_again(
        &self,
        tx: &WriteTx<'_>,
        now: Timestamp,
        mut thing: Thing,
        undo: &Undo,
        taken: &mut TakenBack,
    ) -> OpResult<()> {
        let id = thing.id.uuid().into_bytes();
        match undo.change.buried {
            Some((at, by)) => {
                thing.deleted = Some(at);
                // What it was part of in that life, its history tells.
                thing.parent = None;
                // Whoever buried it may be taken back next.
                thing.sighted.changed_by = by;
                thing.sighted.last_changed = now;
                thing.save(tx.connection(), &self.keyring)?;
                taken.fed.push(Fed::Changed(Box::new(thing)));
            }
            None => {
                tx.connection().execute("DELETE FROM things WHERE id = ?1", [id])?;
                taken.fed.push(Fed::Forgotten(thing.id));
            }
        }
        Ok(())
    }

    /// Returns the thing as it was before a change; `None` if it was not known, or gone.
    fn before(&self, tx: &WriteTx<'_>, current: &Thing, change: &Change) -> OpResult<Option<Thing>> {
        let Some(sighted) = change.before.clone() else { return Ok(None) };
        let mut told = if current.deleted.is_some() { Value::Null } else { current.told() };
        difference::take_back(&mut told, &change.diff);
        let damaged = |error: serde_json::Error| {
            let why = format!("the history of thing {} does not fit it: {error}", current.id);
            groma_database::OpError::Refused(InventoryError::Storage(why))
        };
        let mut thing = Thing { sighted, deleted: None, ..current.clone() };
        thing.become_again(serde_json::from_value(told).map_err(damaged)?);
        if let Some(readings) = &change.readings {
            thing.readings.clone_from(readings);
        }
        // What it was part of may itself have been taken back meanwhile.
        thing.parent = match thing.parent {
            Some(parent) if self.is_recorded(tx, parent)? => Some(parent),
            _ => None,
        };
        Ok(Some(thing))
    }

    /// Notes what is different about a host for its event.
    fn tell(
        &self,
        tx: &WriteTx<'_>,
        now: Option<&Thing>,
        then: Option<&Thing>,
        taken: &mut TakenBack,
    ) -> OpResult<()> {
        let Some(thing) = now.or(then) else { return Ok(()) };
        let Some(address) = self.address_of(tx, thing)? else { return Ok(()) };
        let entry = taken.hosts.entry(thing.parent.unwrap_or(thing.id)).or_insert_with(|| HostDiff {
            address,
            change: ChangeKind::Updated,
            diff: Vec::new(),
        });
        let (Some(now), Some(then)) = (now, then) else {
            let told = |thing: Option<&Thing>| thing.map_or(Value::Null, Thing::event_document);
            entry.diff.push(FieldChange { path: thing.path(), before: told(now), after: told(then) });
            if thing.parent.is_none() {
                entry.change = if then.is_none() { ChangeKind::Deleted } else { ChangeKind::Added };
            }
            return Ok(());
        };
        for (field, before, after) in [
            ("state", json!(now.state), json!(then.state)),
            ("hostname", json!(now.hostname()), json!(then.hostname())),
        ] {
            if before != after {
                entry.diff.push(FieldChange { path: format!("{}/{field}", now.path()), before, after });
            }
        }
        Ok(())
    }

    /// Returns where a host, or the host of a service, is; `None` for things of other domains.
    fn address_of(&self, tx: &WriteTx<'_>, thing: &Thing) -> rusqlite::Result<Option<IpAddr>> {
        match (thing.kind.as_str(), thing.parent) {
            (HOST, _) => Ok(thing.address()),
            (SERVICE, Some(host)) => {
                Ok(things::find(tx.connection(), &self.keyring, host)?.and_then(|host| host.address()))
            }
            _ => Ok(None),
        }
    }
}
