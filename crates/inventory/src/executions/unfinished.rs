//! Runs of which nobody has told the end.

use groma_api::ExecutionOrigin;
use groma_database::rusqlite::Connection;
use groma_execution_types::{Ended, ExecutionEvent, ExecutionStatus};
use groma_model::Timestamp;
use uuid::Uuid;

use super::report::{no_run, plan_status};
use super::{LOG_KEY, LogKey, engine_moment, origin, status, word};
use crate::error::refuse;
use crate::inventory::Inventory;
use crate::{InventoryError, sealed};

/// A run of which the end was not told.
#[derive(Debug, Clone)]
pub struct UnfinishedRun {
    /// The plan, or the single execution.
    pub id: Uuid,
    /// Whether it is a plan.
    pub plan: bool,
    /// Which process ran it.
    pub origin: ExecutionOrigin,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// What its logs are sealed with.
    pub log_key: LogKey,
    /// Its executions that have not ended.
    pub executions: Vec<(Uuid, ExecutionStatus)>,
}

impl Inventory {
    /// Returns the runs of which the end was not told, oldest first.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn unfinished_runs(&self) -> Result<Vec<UnfinishedRun>, InventoryError> {
        self.read(|inventory, connection| {
            let sql = "SELECT r.id, r.origin, r.created, r.log_key_sealed, EXISTS (SELECT 1 FROM plans WHERE id = r.id) \
                       FROM runs AS r WHERE r.id IN (SELECT id FROM plans WHERE status IN ('pending', 'running') \
                       UNION SELECT run FROM executions WHERE status IN ('pending', 'running')) ORDER BY r.created, r.id";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            let mut runs = Vec::new();
            while let Some(row) = rows.next()? {
                let id: [u8; 16] = row.get(0)?;
                let key: String = sealed::open(&inventory.keyring, LOG_KEY, &id, row.get_ref(3)?.as_blob()?)?;
                let Some(log_key) = LogKey::of_text(&key) else { continue };
                runs.push(UnfinishedRun {
                    id: Uuid::from_bytes(id),
                    plan: row.get(4)?,
                    origin: origin(row.get_ref(1)?.as_str()?),
                    created_at: Timestamp::from_micros(row.get(2)?),
                    log_key,
                    executions: unfinished(connection, Uuid::from_bytes(id))?,
                });
            }
            Ok(runs)
        })
        .await
    }

    /// Ends what is left of a run whose process is gone: what ran is lost, what had not begun is skipped, and so is told.
    ///
    /// # Errors
    /// When there is no such run, or storage refuses.
    pub async fn lose_run(&self, run: Uuid, why: String) -> Result<(), InventoryError> {
        self.write(move |inventory, tx| {
            let Some(now) = engine_moment(inventory.clock.now()) else { return refuse(no_run(run)) };
            let mut told = Vec::new();
            let plan = plan_status(tx.connection(), run)?;
            let end = |id: Option<Uuid>, status, error: String, started_at| Ended {
                execution_id: id,
                plan_id: plan.map(|_| run),
                status,
                exit_code: None,
                signal: None,
                error: Some(error),
                duration_ms: u64::try_from(now.duration_since(started_at).as_millis()).unwrap_or(0),
                started_at,
                completed_at: now,
                teardown: None,
            };
            for (id, status) in unfinished(tx.connection(), run)? {
                let started = started(tx.connection(), "executions", id)?.and_then(engine_moment);
                let ended = match (status, plan) {
                    (ExecutionStatus::Pending, Some(_)) => {
                        end(Some(id), ExecutionStatus::Skipped, format!("skipped: {why}"), now)
                    }
                    _ => end(Some(id), ExecutionStatus::Lost, why.clone(), started.unwrap_or(now)),
                };
                inventory.note(tx, run, event(ended), &mut told)?;
            }
            if plan.is_some_and(|status| !status.is_terminal()) {
                let started = started(tx.connection(), "plans", run)?.and_then(engine_moment);
                let ended = end(None, ExecutionStatus::Lost, why, started.unwrap_or(now));
                inventory.note(tx, run, event(ended), &mut told)?;
            }
            if !told.is_empty() {
                inventory.append(tx, told)?;
            }
            Ok(())
        })
        .await
    }
}

fn event(ended: Ended) -> ExecutionEvent {
    match ended.status {
        ExecutionStatus::Skipped => ExecutionEvent::Cancelled(ended),
        _ => ExecutionEvent::Failed(ended),
    }
}

fn unfinished(
    connection: &Connection,
    run: Uuid,
) -> groma_database::rusqlite::Result<Vec<(Uuid, ExecutionStatus)>> {
    let sql = "SELECT id, status FROM executions WHERE run = ?1 AND status IN (?2, ?3) ORDER BY step";
    let mut statement = connection.prepare_cached(sql)?;
    let values = (run.into_bytes(), word(ExecutionStatus::Pending), word(ExecutionStatus::Running));
    let rows = statement
        .query_map(values, |row| Ok((Uuid::from_bytes(row.get(0)?), status(row.get_ref(1)?.as_str()?))))?;
    rows.collect()
}

fn started(
    connection: &Connection,
    table: &str,
    id: Uuid,
) -> groma_database::rusqlite::Result<Option<Timestamp>> {
    let sql = format!("SELECT started FROM {table} WHERE id = ?1");
    let started = connection.prepare_cached(&sql)?.query_row([id.into_bytes()], |row| row.get(0))?;
    Ok(Option::<i64>::map(started, Timestamp::from_micros))
}
