//! Taking back what a scan changed: the inverse changes, told by a small scan record of their own.

use groma_database::WriteTx;
use groma_database::rusqlite::{self, OptionalExtension as _};
use groma_journal::NewEvent;
use groma_model::change::{ChangeKind, FieldChange};
use groma_model::task::{Plan, TaskEnd, TaskSummary};
use groma_model::{Payload, PrincipalId, TaskId, ThingId, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
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
    ordinal: i64,
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
        let mut taken = TakenBack::default();
        let later = self.later_scans(tx, old)?;
        let sql = "SELECT ordinal, thing, at, diff_sealed FROM changes WHERE task = ?1 ORDER BY ordinal DESC";
        let mut statement = tx.connection().prepare_cached(sql)?;
        let mut rows = statement.query([old_id])?;
        // Services come before their hosts where both are new, because the host was recorded first.
        while let Some(row) = rows.next()? {
            let id: [u8; 16] = row.get(1)?;
            let place = sealed::row(&[&old_id, &id]);
            let sealed = row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?;
            let undo = Undo {
                ordinal: row.get(0)?,
                thing: ThingId::from_uuid(Uuid::from_bytes(id)),
                at: row.get(2)?,
                change: sealed::open(&self.keyring, CHANGE, &place, sealed)?,
            };
            let Some(current) = things::find(tx.connection(), &self.keyring, undo.thing)? else { continue };
            if current.sighted.changed_by != Some(old)
                || self.seen_since(tx, &current, &undo, old, &later)?
                || (undo.change.before.is_none() && self.has_parts(tx, &current)?)
            {
                continue;
            }
            self.take_back(tx, new, now, current, undo, &mut taken)?;
        }
        self.forget_sightings(tx, old, &mut taken)?;
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
        match self.burial(tx, undo)? {
            Some((task, at)) => {
                thing.deleted = Some(at);
                // What it was part of in that life, its history tells.
                thing.parent = None;
                // Whoever buried it may be taken back next.
                thing.sighted.changed_by = Some(task);
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

    fn is_recorded(&self, tx: &WriteTx<'_>, id: ThingId) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM things WHERE id = ?1)";
        tx.connection().prepare_cached(sql)?.query_row([id.uuid().into_bytes()], |row| row.get(0))
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

    /// Returns who found a thing to be gone before a change by which it was there again, and when.
    fn burial(&self, tx: &WriteTx<'_>, undo: &Undo) -> rusqlite::Result<Option<(TaskId, Timestamp)>> {
        let sql = "SELECT task, at FROM changes WHERE thing = ?1 AND ordinal < ?2 AND change = 'deleted' AND task \
                   NOT IN (SELECT id FROM tasks WHERE discards IS NOT NULL) ORDER BY ordinal DESC LIMIT 1";
        let id = undo.thing.uuid().into_bytes();
        let read = |row: &rusqlite::Row<'_>| {
            let task = TaskId::from_uuid(Uuid::from_bytes(row.get(0)?));
            Ok((task, Timestamp::from_micros(row.get(1)?)))
        };
        tx.connection().prepare_cached(sql)?.query_row((id, undo.ordinal), read).optional()
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

    /// Returns whether another scan saw the thing after the change.
    fn seen_since(
        &self,
        tx: &WriteTx<'_>,
        current: &Thing,
        undo: &Undo,
        old: TaskId,
        later: &[[u8; 16]],
    ) -> rusqlite::Result<bool> {
        let before = undo.change.before.as_ref();
        // The thing itself names who looked last.
        let seen_by = current.sighted.seen_by;
        let last = seen_by.filter(|by| *by != old && before.and_then(|then| then.seen_by) != Some(*by));
        if let Some(by) = last {
            let sql = "SELECT EXISTS (SELECT 1 FROM tasks WHERE id = ?1 AND discarded_by IS NOT NULL)";
            let mut discarded = tx.connection().prepare_cached(sql)?;
            if !discarded.query_row([by.uuid().into_bytes()], |row| row.get::<_, bool>(0))? {
                return Ok(true);
            }
        }
        // A scan notes its first look at a thing in the state that it had, closed ports included.
        // Of what is new with `old`, every look of another came later, whatever the clocks of their probes say.
        let at = before.map(|_| undo.at);
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

    /// Tells whether something is part of a thing, or was when it was last seen: it would lose what it is part of.
    fn has_parts(&self, tx: &WriteTx<'_>, thing: &Thing) -> rusqlite::Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM things WHERE parent = ?1)";
        tx.connection().prepare_cached(sql)?.query_row([thing.id.uuid().into_bytes()], |row| row.get(0))
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

    /// Gives things that only this scan saw lately back the sighting before it.
    fn forget_sightings(&self, tx: &WriteTx<'_>, old: TaskId, taken: &mut TakenBack) -> rusqlite::Result<()> {
        let sql = "UPDATE things SET last_seen = o.seen_before, seen_by = o.seen_before_by FROM observations AS o \
                   WHERE o.task = ?1 AND o.thing = things.id AND things.seen_by = ?1 AND o.seen_before IS NOT NULL \
                   RETURNING things.id, things.last_seen";
        let mut statement = tx.connection().prepare_cached(sql)?;
        let mut rows = statement.query([old.uuid().into_bytes()])?;
        while let Some(row) = rows.next()? {
            let id = ThingId::from_uuid(Uuid::from_bytes(row.get(0)?));
            taken.fed.push(Fed::SeenBefore(id, Timestamp::from_micros(row.get(1)?)));
        }
        Ok(())
    }
}
