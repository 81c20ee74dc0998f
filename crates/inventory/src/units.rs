//! Units of tasks: what is to be done, how far it is, what it counted.

use async_trait::async_trait;
use groma_api::UnitCount;
use groma_database::WriteTx;
use groma_database::rusqlite::{self, Connection};
use groma_model::task::{
    CheckpointStore, EndEvents, PendingUnit, Plan, Standing, StoreError, Tally, TaskEnd, UnitDone, UnitSpec,
};
use groma_model::thing::{SliceKey, SliceState};
use groma_model::{Payload, TaskId, Timestamp};
use groma_seal::Keyring;
use serde_json::Value;
use std::collections::BTreeSet;

use crate::error::{OpResult, refuse};
use crate::inventory::Inventory;
use crate::tasks::{self, LEASE_SECONDS, Rest};
use crate::{InventoryError, sealed};

const SPEC: &str = "units.spec";
const CHECKPOINT: &str = "units.checkpoint";
const UNIT_ERROR: &str = "units.error";

#[async_trait]
impl CheckpointStore for Inventory {
    async fn begin(&self, task: TaskId, plan: Plan, started: Payload) -> Result<(), StoreError> {
        Ok(self.write(move |inventory, tx| inventory.begin_task(tx, task, &plan, started)).await?)
    }

    async fn pending_units(&self, task: TaskId) -> Result<Vec<PendingUnit>, StoreError> {
        Ok(self.read(move |inventory, connection| pending(connection, &inventory.keyring, task)).await?)
    }

    async fn standing(&self, task: TaskId) -> Result<Standing, StoreError> {
        let query = move |inventory: &Inventory, connection: &Connection| {
            let (settled, started) = settled(connection, task)?;
            let (told, _) = told(connection, task)?;
            let elapsed = started.map_or(0.0, |started| inventory.clock.now().seconds_since(started));
            Ok(Standing { settled, told, elapsed_ms: (elapsed * 1000.0) as u64 })
        };
        Ok(self.read(query).await?)
    }

    async fn checkpoint(
        &self,
        task: TaskId,
        unit: &str,
        checkpoint: Value,
        tally: Tally,
    ) -> Result<(), StoreError> {
        let unit = unit.to_owned();
        let op = move |inventory: &Inventory, tx: &mut WriteTx<'_>| {
            tasks::require_running(tx, task)?;
            let (id, digest) = inventory.unit_key(task, &unit);
            let sealed =
                sealed::seal(&inventory.keyring, CHECKPOINT, &sealed::row(&[&id, &digest]), &checkpoint)?;
            let sql = "UPDATE units SET tally = ?3, checkpoint_sealed = ?4, lease_owner = ?5, lease_until = ?6 \
                       WHERE task = ?1 AND key_digest = ?2";
            let until = inventory.clock.now().plus_seconds(LEASE_SECONDS).micros();
            let owner = inventory.holder.into_bytes();
            tx.connection().prepare_cached(sql)?.execute((id, digest, text(&tally), sealed, owner, until))?;
            Ok(())
        };
        Ok(self.write(op).await?)
    }

    async fn complete(&self, task: TaskId, unit: &str, done: UnitDone) -> Result<(), StoreError> {
        let unit = unit.to_owned();
        let op = move |inventory: &Inventory, tx: &mut WriteTx<'_>| {
            tasks::require_running(tx, task)?;
            let (id, digest) = inventory.unit_key(task, &unit);
            let sql = "UPDATE units SET status = 'done', attempts = attempts + 1, tally = ?3, checkpoint_sealed = NULL, \
                       lease_owner = NULL, lease_until = NULL WHERE task = ?1 AND key_digest = ?2 AND status = 'pending'";
            if tx.connection().prepare_cached(sql)?.execute((id, digest, text(&done.tally)))? == 1 {
                add_done(tx.connection(), task, &done.tally)?;
                inventory.add_units(tx, task, &done.next)?;
                let slices = inventory.slices_of(tx.connection(), task, &digest)?;
                inventory.slices_read(tx, task, &slices, inventory.clock.now())?;
            }
            Ok(())
        };
        Ok(self.write(op).await?)
    }

    async fn fail(&self, task: TaskId, unit: &str, error: String, event: Payload) -> Result<(), StoreError> {
        let unit = unit.to_owned();
        let op = move |inventory: &Inventory, tx: &mut WriteTx<'_>| {
            tasks::require_running(tx, task)?;
            let (id, digest) = inventory.unit_key(task, &unit);
            let sealed = sealed::seal(&inventory.keyring, UNIT_ERROR, &sealed::row(&[&id, &digest]), &error)?;
            let sql = "UPDATE units SET status = 'failed', attempts = attempts + 1, error_sealed = ?3, \
                       lease_owner = NULL, lease_until = NULL WHERE task = ?1 AND key_digest = ?2 AND status = 'pending'";
            if tx.connection().prepare_cached(sql)?.execute((id, digest, sealed))? == 1 {
                let slices = inventory.slices_of(tx.connection(), task, &digest)?;
                let why = (SliceState::Failed, error.as_str());
                inventory.slices_unread(tx, task, &slices, why, inventory.clock.now())?;
                inventory.append_for(tx, task, vec![event])?;
            }
            Ok(())
        };
        Ok(self.write(op).await?)
    }

    async fn progress(&self, task: TaskId, tally: Tally, event: Payload) -> Result<(), StoreError> {
        let op = move |inventory: &Inventory, tx: &mut WriteTx<'_>| {
            tasks::require_running(tx, task)?;
            let remaining = match &event {
                Payload::NetworkScanProgress(progress) => progress.estimated_remaining_ms,
                _ => None,
            };
            let until = inventory.clock.now().plus_seconds(LEASE_SECONDS).micros();
            let sql = "UPDATE tasks SET told_tally = ?2, remaining_ms = ?3, lease_owner = ?4, lease_until = ?5 WHERE id = ?1";
            let owner = inventory.holder.into_bytes();
            let remaining = remaining.map(|remaining| remaining.min(i64::MAX as u64) as i64);
            tx.connection().prepare_cached(sql)?.execute((
                task.uuid().into_bytes(),
                text(&tally),
                remaining,
                owner,
                until,
            ))?;
            inventory.append_for(tx, task, vec![event])
        };
        Ok(self.write(op).await?)
    }

    async fn end(&self, task: TaskId, end: TaskEnd, events: EndEvents) -> Result<bool, StoreError> {
        Ok(self.write(move |inventory, tx| inventory.end_task(tx, task, &end, events)).await?)
    }
}

impl Inventory {
    fn unit_key(&self, task: TaskId, key: &str) -> ([u8; 16], [u8; 16]) {
        (task.uuid().into_bytes(), self.keyring.lookup("units.key", key.as_bytes()))
    }

    pub(crate) fn begin_task(
        &self,
        tx: &mut WriteTx<'_>,
        task: TaskId,
        plan: &Plan,
        started: Payload,
    ) -> OpResult<()> {
        let status = tasks::require(tx.connection(), task)?;
        if status != "queued" {
            return refuse(InventoryError::Conflict(format!(
                "scan {task} is {status}: it cannot begin again"
            )));
        }
        let now = self.clock.now();
        let sql = "UPDATE tasks SET status = 'running', started = ?2, plan_tally = ?3, told_tally = ?3, attempt = attempt + 1, \
                   lease_owner = ?4, lease_until = ?5 WHERE id = ?1";
        tx.connection().prepare_cached(sql)?.execute((
            task.uuid().into_bytes(),
            now.micros(),
            text(&plan.tally),
            self.holder.into_bytes(),
            now.plus_seconds(LEASE_SECONDS).micros(),
        ))?;
        self.add_units(tx, task, &plan.units)?;
        let mut events = vec![started];
        events.extend(plan.warnings.iter().cloned());
        self.append_for(tx, task, events)
    }

    fn add_units(&self, tx: &WriteTx<'_>, task: TaskId, specs: &[UnitSpec]) -> OpResult<()> {
        if specs.is_empty() {
            return Ok(());
        }
        let sql = "SELECT coalesce(max(ordinal), 0) FROM units WHERE task = ?1";
        let mut ordinal: i64 =
            tx.connection().prepare_cached(sql)?.query_row([task.uuid().into_bytes()], |row| row.get(0))?;
        // A unit that was tried before may name the same followers again.
        let sql = "INSERT OR IGNORE INTO units (task, ordinal, key_digest, status, spec_sealed) VALUES (?1, ?2, ?3, 'pending', ?4)";
        let mut insert = tx.connection().prepare_cached(sql)?;
        for spec in specs {
            ordinal += 1;
            let (id, digest) = self.unit_key(task, &spec.key);
            let sealed = sealed::seal(&self.keyring, SPEC, &sealed::row(&[&id, &digest]), spec)?;
            if insert.execute((id, ordinal, digest, sealed))? == 1 {
                self.add_slices(tx, task, ordinal, &spec.slices)?;
            }
        }
        Ok(())
    }

    fn add_slices(&self, tx: &WriteTx<'_>, task: TaskId, ordinal: i64, slices: &[SliceKey]) -> OpResult<()> {
        let sql = "INSERT OR IGNORE INTO unit_slices (task, ordinal, slice) VALUES (?1, ?2, ?3)";
        let mut insert = tx.connection().prepare_cached(sql)?;
        for key in slices {
            insert.execute((task.uuid().into_bytes(), ordinal, self.slice_id(key).uuid().into_bytes()))?;
        }
        Ok(())
    }

    /// Returns the slices that a unit reads.
    fn slices_of(
        &self,
        connection: &Connection,
        task: TaskId,
        digest: &[u8; 16],
    ) -> rusqlite::Result<Vec<SliceKey>> {
        let id = task.uuid().into_bytes();
        let sql = "SELECT spec_sealed FROM units WHERE task = ?1 AND key_digest = ?2";
        let spec: UnitSpec = connection.prepare_cached(sql)?.query_row((id, digest), |row| {
            sealed::open(&self.keyring, SPEC, &sealed::row(&[&id, digest]), row.get_ref(0)?.as_blob()?)
        })?;
        Ok(spec.slices)
    }

    /// Notes that the slices of units that a task leaves behind were not read.
    pub(crate) fn leave_slices(
        &self,
        tx: &WriteTx<'_>,
        task: TaskId,
        why: (SliceState, &str),
        at: Timestamp,
    ) -> OpResult<()> {
        let left = pending(tx.connection(), &self.keyring, task)?;
        let slices: BTreeSet<SliceKey> = left.into_iter().flat_map(|unit| unit.spec.slices).collect();
        self.slices_unread(tx, task, &Vec::from_iter(slices), why, at)
    }
}

fn text(tally: &Tally) -> String {
    serde_json::to_string(tally).unwrap_or_else(|_| "{}".to_owned())
}

fn add_done(connection: &Connection, task: TaskId, tally: &Tally) -> rusqlite::Result<()> {
    let id = task.uuid().into_bytes();
    let read = "SELECT done_tally FROM tasks WHERE id = ?1";
    let mut done: Tally = connection
        .prepare_cached(read)?
        .query_row([id], |row| Ok(tasks::tally(row.get_ref(0)?.as_str()?)))?;
    done.add(tally);
    connection
        .prepare_cached("UPDATE tasks SET done_tally = ?2 WHERE id = ?1")?
        .execute((id, text(&done)))?;
    Ok(())
}

fn pending(connection: &Connection, keyring: &Keyring, task: TaskId) -> rusqlite::Result<Vec<PendingUnit>> {
    let id = task.uuid().into_bytes();
    let sql = "SELECT key_digest, spec_sealed, checkpoint_sealed, tally, attempts FROM units \
               WHERE task = ?1 AND status = 'pending' ORDER BY ordinal";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([id], |row| {
        let digest: [u8; 16] = row.get(0)?;
        let place = sealed::row(&[&id, &digest]);
        let checkpoint = row.get_ref(2)?.as_blob_or_null()?;
        Ok(PendingUnit {
            spec: sealed::open(keyring, SPEC, &place, row.get_ref(1)?.as_blob()?)?,
            checkpoint: checkpoint
                .map(|sealed| sealed::open(keyring, CHECKPOINT, &place, sealed))
                .transpose()?,
            tally: tasks::tally(row.get_ref(3)?.as_str()?),
            attempts: row.get(4)?,
        })
    })?;
    rows.collect()
}

/// Returns the sum of plan, finished units and what failed ones counted; and when the task started.
fn settled(connection: &Connection, task: TaskId) -> rusqlite::Result<(Tally, Option<Timestamp>)> {
    let id = task.uuid().into_bytes();
    let sql = "SELECT plan_tally, done_tally, started FROM tasks WHERE id = ?1";
    let (mut tally, started) = connection.prepare_cached(sql)?.query_row([id], |row| {
        let mut tally = tasks::tally(row.get_ref(0)?.as_str()?);
        tally.add(&tasks::tally(row.get_ref(1)?.as_str()?));
        Ok((tally, row.get::<_, Option<i64>>(2)?.map(Timestamp::from_micros)))
    })?;
    let sql = "SELECT tally FROM units WHERE task = ?1 AND status = 'failed' AND tally <> '{}'";
    let mut failed = connection.prepare_cached(sql)?;
    for part in failed.query_map([id], |row| Ok(tasks::tally(row.get_ref(0)?.as_str()?)))? {
        tally.add(&part?);
    }
    Ok((tally, started))
}

/// Returns what was told last of how far the task is; and when it started.
pub(crate) fn told(connection: &Connection, task: TaskId) -> rusqlite::Result<(Tally, Option<Timestamp>)> {
    let sql = "SELECT told_tally, started FROM tasks WHERE id = ?1";
    connection.prepare_cached(sql)?.query_row([task.uuid().into_bytes()], |row| {
        let started = row.get::<_, Option<i64>>(1)?.map(Timestamp::from_micros);
        Ok((tasks::tally(row.get_ref(0)?.as_str()?), started))
    })
}

/// Counts units by status.
pub(crate) fn count(connection: &Connection, task: TaskId) -> rusqlite::Result<UnitCount> {
    let mut counts = UnitCount::default();
    let mut statement =
        connection.prepare_cached("SELECT status, count(*) FROM units WHERE task = ?1 GROUP BY status")?;
    let mut rows = statement.query([task.uuid().into_bytes()])?;
    while let Some(row) = rows.next()? {
        let number = row.get::<_, i64>(1)? as u64;
        match row.get_ref(0)?.as_str()? {
            "pending" => counts.pending = number,
            "done" => counts.done = number,
            _ => counts.failed = number,
        }
    }
    Ok(counts)
}

/// Copies units of an ended task to a new one; what they counted stays with the old one. Returns how many.
pub(crate) fn take_over(
    inventory: &Inventory,
    tx: &WriteTx<'_>,
    old: TaskId,
    new: TaskId,
    rest: Rest,
) -> OpResult<usize> {
    let keyring = &inventory.keyring;
    let target = new;
    let (old, new) = (old.uuid().into_bytes(), new.uuid().into_bytes());
    let status = match rest {
        Rest::Undone => "pending",
        Rest::Failed => "failed",
    };
    let sql = "SELECT ordinal, key_digest, spec_sealed, checkpoint_sealed FROM units WHERE task = ?1 AND status = ?2 ORDER BY ordinal";
    let mut select = tx.connection().prepare_cached(sql)?;
    let mut insert = tx.connection().prepare_cached(
        "INSERT INTO units (task, ordinal, key_digest, status, spec_sealed, checkpoint_sealed) VALUES (?1, ?2, ?3, 'pending', ?4, ?5)",
    )?;
    let mut rows = select.query((old, status))?;
    let mut taken = 0;
    while let Some(row) = rows.next()? {
        let digest: [u8; 16] = row.get(1)?;
        let (from, to) = (sealed::row(&[&old, &digest]), sealed::row(&[&new, &digest]));
        let spec: UnitSpec =
            sealed::open(keyring, SPEC, &from, row.get_ref(2)?.as_blob().unwrap_or_default())?;
        let checkpoint = match row.get_ref(3)?.as_blob_or_null().unwrap_or_default() {
            Some(sealed) => Some(sealed::open::<Value>(keyring, CHECKPOINT, &from, sealed)?),
            None => None,
        };
        let checkpoint =
            checkpoint.map(|checkpoint| sealed::seal(keyring, CHECKPOINT, &to, &checkpoint)).transpose()?;
        let ordinal = row.get::<_, i64>(0)?;
        insert.execute((new, ordinal, digest, sealed::seal(keyring, SPEC, &to, &spec)?, checkpoint))?;
        inventory.add_slices(tx, target, ordinal, &spec.slices)?;
        taken += 1;
    }
    Ok(taken)
}
