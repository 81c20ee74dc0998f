//! What opens logs, which of them are kept, and what is to be stopped.

use std::collections::BTreeMap;

use groma_database::rusqlite::OptionalExtension as _;
use groma_model::{ExecutionId, Timestamp};
use uuid::Uuid;

use super::{LOG_KEY, LogKey, PLAN_STOP, STOP};
use crate::error::refuse;
use crate::inventory::Inventory;
use crate::{InventoryError, sealed};

/// A log of an execution that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptLog {
    /// The execution.
    pub id: Uuid,
    /// When it ended.
    pub completed_at: Timestamp,
}

impl Inventory {
    /// Returns what the log of an execution is sealed with, and the run that it is part of.
    ///
    /// # Errors
    /// When there is no such execution, or storage refuses.
    pub async fn log_key(&self, id: Uuid) -> Result<(Uuid, LogKey), InventoryError> {
        let found = self.read(move |inventory, connection| {
            let sql =
                "SELECT r.id, r.log_key_sealed FROM executions AS e JOIN runs AS r ON r.id = e.run WHERE e.id = ?1";
            connection
                .prepare_cached(sql)?
                .query_row([id.into_bytes()], |row| {
                    let run: [u8; 16] = row.get(0)?;
                    let text: String =
                        sealed::open(&inventory.keyring, LOG_KEY, &run, row.get_ref(1)?.as_blob()?)?;
                    Ok((Uuid::from_bytes(run), LogKey::of_text(&text)))
                })
                .optional()
        });
        match found.await? {
            Some((run, Some(key))) => Ok((run, key)),
            Some((run, None)) => Err(InventoryError::Damaged { what: "run", id: run.to_string() }),
            None => Err(InventoryError::NotFound { what: "execution", id: id.to_string() }),
        }
    }

    /// Returns the executions of a run, steps of a plan in its order.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn executions_of(&self, run: Uuid) -> Result<Vec<Uuid>, InventoryError> {
        self.read(move |_, connection| {
            let sql = "SELECT id FROM executions WHERE run = ?1 ORDER BY step";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([run.into_bytes()], |row| Ok(Uuid::from_bytes(row.get(0)?)))?;
            rows.collect()
        })
        .await
    }

    /// Lists the logs of executions that ended, oldest end first.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn kept_logs(&self) -> Result<Vec<KeptLog>, InventoryError> {
        self.read(|_, connection| {
            let sql = "SELECT id, completed FROM executions WHERE log = 1 AND completed IS NOT NULL ORDER BY completed, id";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| {
                let completed_at = Timestamp::from_micros(row.get(1)?);
                Ok(KeptLog { id: Uuid::from_bytes(row.get(0)?), completed_at })
            })?;
            rows.collect()
        })
        .await
    }

    /// Notes that logs are gone.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn logs_gone(&self, ids: Vec<Uuid>) -> Result<(), InventoryError> {
        self.write(move |_, tx| {
            let mut statement =
                tx.connection().prepare_cached("UPDATE executions SET log = 0 WHERE id = ?1")?;
            for id in ids {
                statement.execute([id.into_bytes()])?;
            }
            Ok(())
        })
        .await
    }

    /// Notes that somebody wants an execution or a plan to stop; the first reason stands. Returns whether it had not
    /// ended.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn stop_wanted(&self, id: Uuid, plan: bool, reason: String) -> Result<bool, InventoryError> {
        self.write(move |inventory, tx| {
            let (column, what, table) =
                if plan { (PLAN_STOP, "plan", "plans") } else { (STOP, "execution", "executions") };
            let bytes = id.into_bytes();
            let sql = format!("SELECT completed IS NULL FROM {table} WHERE id = ?1");
            let runs = tx.connection().prepare_cached(&sql)?.query_row([bytes], |row| row.get::<_, bool>(0));
            let Some(runs) = runs.optional()? else {
                return refuse(InventoryError::NotFound { what, id: id.to_string() });
            };
            if runs {
                let reason = sealed::seal(&inventory.keyring, column, &bytes, &reason)?;
                let sql =
                    format!("UPDATE {table} SET stop_sealed = ?2 WHERE id = ?1 AND stop_sealed IS NULL");
                tx.connection().prepare_cached(&sql)?.execute((bytes, reason))?;
            }
            Ok(runs)
        })
        .await
    }

    /// Counts executions by status.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn execution_counts(&self) -> Result<BTreeMap<String, u64>, InventoryError> {
        self.read(|_, connection| {
            let mut statement =
                connection.prepare_cached("SELECT status, count(*) FROM executions GROUP BY status")?;
            let rows =
                statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.max(0) as u64)))?;
            rows.collect()
        })
        .await
    }

    /// Returns how far the record of an execution is: its last line, and whether it has ended.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn execution_standing(&self, id: ExecutionId) -> Result<(u64, bool), InventoryError> {
        let found = self.read(move |_, connection| {
            let sql = "SELECT lines, completed IS NOT NULL FROM executions WHERE id = ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let read = |row: &groma_database::rusqlite::Row<'_>| {
                Ok((row.get::<_, i64>(0)?.max(0) as u64, row.get(1)?))
            };
            statement.query_row([id.uuid().into_bytes()], read).optional()
        });
        let found = found.await?;
        found.ok_or_else(|| InventoryError::NotFound { what: "execution", id: id.to_string() })
    }
}
