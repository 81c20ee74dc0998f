//! The ledger of what was read, and what follows from a slice that was read whole: what was not in it is gone.

use std::collections::BTreeMap;

use groma_database::WriteTx;
use groma_database::rusqlite;
use groma_model::task::Tally;
use groma_model::thing::{SliceFinding, SliceKey, SliceState};
use groma_model::{SliceId, TaskId, ThingId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::thing::event;
use super::{Recording, log_change};
use crate::error::OpResult;
use crate::feed::Fed;
use crate::inventory::Inventory;
use crate::{sealed, tasks, things};

pub(crate) const DETAIL: &str = "slices.detail";

/// What of a slice is sealed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Detail {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subnet: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

impl Inventory {
    /// Returns the id of a slice.
    pub(crate) fn slice_id(&self, key: &SliceKey) -> SliceId {
        self.own(key).id(self.keyring.folder())
    }

    /// Returns the slice as the ledger has it: engines of networks do not know the segment.
    fn own(&self, key: &SliceKey) -> SliceKey {
        let mut key = key.clone();
        if key.kind.starts_with("network.") {
            key.scope.segment = Some(self.segment);
        }
        key
    }

    /// Writes how the last reading of a slice ended.
    pub(crate) fn note_slice(&self, tx: &WriteTx<'_>, task: TaskId, read: &SliceFinding) -> OpResult<()> {
        let key = self.own(&read.key);
        let id = key.id(self.keyring.folder()).uuid().into_bytes();
        let detail = Detail { subnet: key.scope.subnet.clone(), reason: read.reason.clone() };
        let sql = "INSERT INTO slices (id, kind, account, region, connection, segment, state, at, completed, task, proof, \
                   detail_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (id) DO UPDATE SET \
                   state = ?7, at = ?8, completed = coalesce(?9, completed), task = ?10, proof = ?11, detail_sealed = ?12";
        tx.connection().prepare_cached(sql)?.execute(rusqlite::params![
            id,
            key.kind,
            key.scope.account,
            key.scope.region,
            key.scope.connection.map(|id| id.uuid().into_bytes()),
            key.scope.segment.map(|id| id.uuid().into_bytes()),
            read.state.as_str(),
            read.at.micros(),
            (read.state == SliceState::Complete).then(|| read.at.micros()),
            task.uuid().into_bytes(),
            serde_json::to_string(&read.proof).unwrap_or_default(),
            sealed::seal(&self.keyring, DETAIL, &id, &detail)?,
        ])?;
        Ok(())
    }

    /// Notes that slices of a task's unit were read, those of which no other unit is left to do.
    pub(crate) fn slices_read(
        &self,
        tx: &WriteTx<'_>,
        task: TaskId,
        slices: &[SliceKey],
        at: Timestamp,
    ) -> OpResult<()> {
        let sql = "SELECT u.status, u.tally FROM unit_slices AS s JOIN units AS u ON u.task = s.task AND u.ordinal = s.ordinal \
                   WHERE s.task = ?1 AND s.slice = ?2";
        let mut statement = tx.connection().prepare_cached(sql)?;
        for key in slices {
            let id = self.slice_id(key).uuid().into_bytes();
            let mut units = statement.query((task.uuid().into_bytes(), id))?;
            let (mut done, mut counted) = (true, Tally::default());
            while let Some(unit) = units.next()? {
                done &= unit.get_ref(0)?.as_str().is_ok_and(|status| status == "done");
                counted.add(&tasks::tally(unit.get_ref(1)?.as_str().unwrap_or_default()));
            }
            if done {
                let (state, proof) = (SliceState::Complete, proof(counted));
                let read =
                    SliceFinding { key: key.clone(), state, absence_proven: false, reason: None, proof, at };
                self.note_slice(tx, task, &read)?;
            }
        }
        Ok(())
    }

    /// Notes that slices of a task's unit could not be read.
    pub(crate) fn slices_unread(
        &self,
        tx: &WriteTx<'_>,
        task: TaskId,
        slices: &[SliceKey],
        (state, reason): (SliceState, &str),
        at: Timestamp,
    ) -> OpResult<()> {
        for key in slices {
            let reason = Some(reason.to_owned());
            let proof = BTreeMap::new();
            let read = SliceFinding { key: key.clone(), state, absence_proven: false, reason, proof, at };
            self.note_slice(tx, task, &read)?;
        }
        Ok(())
    }
}

/// Returns what was counted; totals that shrink while units find out more are none of it, nor is what is nothing.
fn proof(counted: Tally) -> BTreeMap<String, u64> {
    let mut amounts = counted.amounts();
    amounts.retain(|name, amount| *amount > 0 && !name.ends_with("_total"));
    amounts
}

impl Recording<'_> {
    /// Notes how reading a slice ended; buries what a whole and proving reading did not see.
    pub(super) fn slice(&mut self, tx: &WriteTx<'_>, read: SliceFinding) -> OpResult<()> {
        self.inventory.note_slice(tx, self.task, &read)?;
        if read.state != SliceState::Complete || !read.absence_proven {
            return Ok(());
        }
        let slice = self.inventory.slice_id(&read.key).uuid().into_bytes();
        let sql = "SELECT id, last_seen, seen_by FROM things WHERE slice = ?1 AND deleted IS NULL AND \
                   (seen_by IS NULL OR seen_by <> ?2) ORDER BY id";
        let mut statement = tx.connection().prepare_cached(sql)?;
        let unseen = statement.query_map((slice, self.task.uuid().into_bytes()), |row| {
            Ok(Sight { thing: row.get(0)?, at: row.get(1)?, by: row.get(2)? })
        })?;
        let unseen: Vec<Sight> = unseen.collect::<Result<_, _>>()?;
        if unseen.is_empty() {
            return Ok(());
        }
        let meanwhile = Meanwhile::of(tx, self.task)?;
        for sight in unseen {
            if !meanwhile.saw(tx, &sight)? {
                self.bury(tx, ThingId::from_uuid(Uuid::from_bytes(sight.thing)), read.at)?;
            }
        }
        Ok(())
    }

    /// Makes a tombstone of a thing.
    fn bury(&mut self, tx: &WriteTx<'_>, id: ThingId, at: Timestamp) -> OpResult<()> {
        let Some(before) = things::find(tx.connection(), &self.inventory.keyring, id)? else { return Ok(()) };
        self.changed.extend(event(self.task, Some(&before), None));
        log_change(tx, self.inventory, self.task, Some(&before), None, at)?;
        let mut gone = before;
        gone.deleted = Some(at);
        gone.sighted.last_changed = at;
        gone.sighted.changed_by = Some(self.task);
        gone.save(tx.connection(), &self.inventory.keyring)?;
        self.fed.push(Fed::Changed(Box::new(gone)));
        Ok(())
    }
}

/// The last sight of a thing.
struct Sight {
    thing: [u8; 16],
    at: i64,
    by: Option<[u8; 16]>,
}

/// A scan and those that ran beside it: what one of them saw while it ran is there.
struct Meanwhile {
    task: [u8; 16],
    started: i64,
    others: Vec<[u8; 16]>,
}

impl Meanwhile {
    fn of(tx: &WriteTx<'_>, task: TaskId) -> rusqlite::Result<Self> {
        let task = task.uuid().into_bytes();
        let sql = "SELECT coalesce(started, created) FROM tasks WHERE id = ?1";
        let started: i64 = tx.connection().prepare_cached(sql)?.query_row([task], |row| row.get(0))?;
        let sql = "SELECT id FROM tasks WHERE id <> ?1 AND discards IS NULL AND discarded_by IS NULL AND started IS NOT NULL \
                   AND (ended IS NULL OR ended >= ?2)";
        let mut others = tx.connection().prepare_cached(sql)?;
        let others = others.query_map((task, started), |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(Self { task, started, others })
    }

    /// Tells whether the scan saw a thing, although another saw it later, or another did meanwhile.
    fn saw(&self, tx: &WriteTx<'_>, last: &Sight) -> rusqlite::Result<bool> {
        if last.at >= self.started && last.by.is_some_and(|by| self.others.contains(&by)) {
            return Ok(true);
        }
        // A scan notes its first look at a thing.
        let sql = "SELECT EXISTS (SELECT 1 FROM observations WHERE task = ?1 AND thing = ?2 AND at >= ?3)";
        let mut noted = tx.connection().prepare_cached(sql)?;
        let mut noted = |task, since: i64| noted.query_row((task, last.thing, since), |row| row.get(0));
        if noted(self.task, i64::MIN)? {
            return Ok(true);
        }
        for other in &self.others {
            if noted(*other, self.started)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
