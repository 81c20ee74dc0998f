//! Executions as the API shows them.

use groma_api::{Execution, ExecutionList, ExecutionSummary};
use groma_database::rusqlite::{self, Connection, Row, ToSql};
use groma_execution_types::{ExecutionResult, ExecutionStatus};
use groma_model::{ExecutionId, PlanId, PrincipalId, Timestamp};
use groma_seal::Keyring;
use uuid::Uuid;

use super::{ASKED, Asked, ERROR, RESULT, engine_moment, origin, status, word};
use crate::inventory::Inventory;
use crate::{InventoryError, sealed};

const COLUMNS: &str = "e.id, e.run, e.step IS NOT NULL, e.status, e.created, e.started, e.completed, e.exit_code, e.signal, \
                       e.lines, e.bytes, e.log, e.asked_sealed, e.error_sealed, r.origin, r.principal, p.name_sealed, e.pid";
const FROM: &str =
    "executions AS e JOIN runs AS r ON r.id = e.run LEFT JOIN principals AS p ON p.id = r.principal";

impl Inventory {
    /// Lists executions, newest first: those with one of `statuses`, of `plan` if one is named, older than `before`.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn executions(
        &self,
        statuses: Vec<ExecutionStatus>,
        plan: Option<PlanId>,
        before: Option<ExecutionId>,
        limit: u32,
    ) -> Result<ExecutionList, InventoryError> {
        self.read(move |inventory, connection| {
            let words: Vec<&str> = statuses.iter().map(|status| word(*status)).collect();
            let words = serde_json::to_string(&words).unwrap_or_default();
            let before = before.map(|before| before.uuid().into_bytes());
            let plan = plan.map(|plan| plan.uuid().into_bytes());
            let sql = format!(
                "SELECT {COLUMNS} FROM {FROM} WHERE e.status IN (SELECT value FROM json_each(?1)) \
                 AND (?2 IS NULL OR (e.created, e.id) < (SELECT created, id FROM executions WHERE id = ?2)) \
                 AND (?3 IS NULL OR (e.run = ?3 AND e.step IS NOT NULL)) \
                 ORDER BY e.created DESC, e.id DESC LIMIT ?4"
            );
            let values: [&dyn ToSql; 4] = [&words, &before, &plan, &(i64::from(limit) + 1)];
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement
                .query_map(values, |row| inventory.summary_of(row).map(|(summary, _, _)| summary))?;
            let mut executions = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            let more = executions.len() > limit as usize;
            executions.truncate(limit as usize);
            let next_cursor = executions.last().filter(|_| more).map(|last| last.id.to_string());
            Ok(ExecutionList { executions, next_cursor })
        })
        .await
    }

    /// Returns an execution.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn execution(&self, id: ExecutionId) -> Result<Execution, InventoryError> {
        let found = self.read(move |inventory, connection| {
            let sql = format!("SELECT {COLUMNS}, e.result_sealed FROM {FROM} WHERE e.id = ?1");
            let bytes = id.uuid().into_bytes();
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query([bytes])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let (summary, asked, pid) = inventory.summary_of(row)?;
            let whole = row.get_ref(18)?.as_blob_or_null()?;
            let result = whole.map(|whole| sealed::open(&inventory.keyring, RESULT, &bytes, whole));
            let mut result = result.transpose()?.unwrap_or_else(|| so_far(&summary));
            result.lines = result.lines.max(summary.lines);
            result.bytes = result.bytes.max(summary.bytes);
            Ok(Some(Execution { request: asked.request, pid, result, summary }))
        });
        let found = found.await?;
        found.ok_or_else(|| InventoryError::NotFound { what: "execution", id: id.to_string() })
    }

    /// Returns what became of the steps of a plan, in its order, without their output.
    pub(super) fn steps(
        &self,
        connection: &Connection,
        plan: Uuid,
    ) -> rusqlite::Result<Vec<(ExecutionSummary, ExecutionResult)>> {
        let sql =
            format!("SELECT {COLUMNS} FROM {FROM} WHERE e.run = ?1 AND e.step IS NOT NULL ORDER BY e.step");
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map([plan.into_bytes()], |row| {
            let (summary, _, _) = self.summary_of(row)?;
            let result = so_far(&summary);
            Ok((summary, result))
        })?;
        rows.collect()
    }

    fn summary_of(&self, row: &Row<'_>) -> rusqlite::Result<(ExecutionSummary, Asked, Option<u32>)> {
        let id: [u8; 16] = row.get(0)?;
        let asked: Asked = sealed::open(&self.keyring, ASKED, &id, row.get_ref(12)?.as_blob()?)?;
        let error = row.get_ref(13)?.as_blob_or_null()?;
        let time =
            |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(Timestamp::from_micros));
        let count = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, i64>(at)?.max(0) as u64);
        let summary = ExecutionSummary {
            id: ExecutionId::from_uuid(Uuid::from_bytes(id)),
            plan_id: match row.get(2)? {
                true => Some(PlanId::from_uuid(Uuid::from_bytes(row.get(1)?))),
                false => None,
            },
            step_id: asked.step_id.clone(),
            status: status(row.get_ref(3)?.as_str()?),
            command: asked.command.clone(),
            origin: origin(row.get_ref(14)?.as_str()?),
            principal: principal(&self.keyring, row, 15)?,
            created_at: Timestamp::from_micros(row.get(4)?),
            started_at: time(5)?,
            completed_at: time(6)?,
            exit_code: row.get(7)?,
            signal: row.get(8)?,
            error: error.map(|error| sealed::open(&self.keyring, ERROR, &id, error)).transpose()?,
            lines: count(9)?,
            bytes: count(10)?,
            log: row.get(11)?,
        };
        Ok((summary, asked, row.get(17)?))
    }
}

/// Reads the name of who asked from `id, name_sealed` starting at column `at`.
pub(super) fn principal(keyring: &Keyring, row: &Row<'_>, at: usize) -> rusqlite::Result<String> {
    let id: [u8; 16] = row.get(at)?;
    match row.get_ref(at + 1)?.as_blob_or_null()? {
        Some(name) => sealed::open(keyring, "principals.name", &id, name),
        None => Ok(PrincipalId::from_uuid(Uuid::from_bytes(id)).to_string()),
    }
}

/// Returns what is known without a result.
fn so_far(summary: &ExecutionSummary) -> ExecutionResult {
    let taken = summary.started_at.zip(summary.completed_at).map(|(from, to)| to.seconds_since(from));
    ExecutionResult {
        id: summary.id.uuid(),
        status: summary.status,
        exit_code: summary.exit_code,
        signal: summary.signal,
        stdout: String::new(),
        stderr: String::new(),
        duration: std::time::Duration::try_from_secs_f64(taken.unwrap_or(0.0)).unwrap_or_default(),
        started_at: summary.started_at.and_then(engine_moment),
        completed_at: summary.completed_at.and_then(engine_moment),
        log_path: None,
        truncated: summary.lines > 0,
        teardown: None,
        error: summary.error.clone(),
        attempts: u32::from(summary.started_at.is_some()),
        lines: summary.lines,
        bytes: summary.bytes,
    }
}
