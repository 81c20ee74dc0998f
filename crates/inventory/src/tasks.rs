//! Records of tasks: made, begun, ended.

use groma_api::{ErrorCode, ScanRequest, ScanSummary};
use groma_database::WriteTx;
use groma_database::rusqlite::{self, Connection, OptionalExtension as _};
use groma_model::network::ChangeKind;
use groma_model::task::{Tally, TaskEnd, TaskSummary};
use groma_model::thing::SliceState;
use groma_model::{Payload, PrincipalId, TaskId, Timestamp};
use groma_seal::Keyring;
use uuid::Uuid;

use crate::error::{OpResult, refuse};
use crate::inventory::Inventory;
use crate::things::{HOST, SERVICE};
use crate::{InventoryError, sealed, units};

/// Which units of an ended task a new one takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Those never finished.
    Undone,
    /// Those that failed.
    Failed,
}

/// A task about to be queued.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// Its id.
    pub id: TaskId,
    /// What was asked.
    pub request: ScanRequest,
    /// Who asked.
    pub principal: PrincipalId,
    /// The ended task whose rest it does.
    pub resumes: Option<(TaskId, Rest)>,
}

/// A task that an earlier process left queued or running.
#[derive(Debug, Clone)]
pub struct Interrupted {
    /// The task.
    pub id: TaskId,
    /// What was asked.
    pub request: ScanRequest,
    /// Who asked.
    pub principal: PrincipalId,
    /// Whether it had begun.
    pub begun: bool,
    /// The ended task whose rest it does.
    pub resumes: Option<TaskId>,
}

const REQUEST: &str = "tasks.request";
const ERROR: &str = "tasks.error";
/// How long a lease lasts unless renewed.
pub(crate) const LEASE_SECONDS: i64 = 30;

impl Inventory {
    /// Queues a task.
    ///
    /// # Errors
    /// When the task whose rest it should do has not ended or left no rest.
    pub async fn create_task(&self, task: NewTask) -> Result<(), InventoryError> {
        self.write(move |inventory, tx| inventory.create(tx, &task)).await
    }

    pub(crate) fn create(&self, tx: &WriteTx<'_>, task: &NewTask) -> OpResult<()> {
        let id = task.id.uuid().into_bytes();
        let request = sealed::seal(&self.keyring, REQUEST, &id, &task.request)?;
        let sql = "INSERT INTO tasks (id, kind, status, request_digest, request_sealed, principal, created, resumes) \
                   VALUES (?1, ?2, 'queued', ?3, ?4, ?5, ?6, ?7)";
        tx.connection().prepare_cached(sql)?.execute(rusqlite::params![
            id,
            task.request.kind(),
            self.request_digest(&task.request)?,
            request,
            task.principal.uuid().into_bytes(),
            self.clock.now().micros(),
            task.resumes.map(|(old, _)| old.uuid().into_bytes()),
        ])?;
        if let Some((old, rest)) = task.resumes {
            let status = require(tx.connection(), old)?;
            if !is_ended(&status) {
                return refuse(InventoryError::Conflict(format!(
                    "scan {old} is still {status}: cancel it first, or wait for its end"
                )));
            }
            let taken = units::take_over(self, tx, old, task.id, rest)?;
            let planned: i64 = tx.connection().query_row(
                "SELECT count(*) FROM units WHERE task = ?1",
                [old.uuid().into_bytes()],
                |row| row.get(0),
            )?;
            // A task that ended before it was planned left everything undone.
            if taken == 0 && (planned > 0 || rest == Rest::Failed) {
                let what = match rest {
                    Rest::Undone => "nothing undone: use retry for what failed, or start a new scan",
                    Rest::Failed => "nothing that failed: use resume for what is undone, or start a new scan",
                };
                return refuse(InventoryError::Conflict(format!("scan {old} left {what}")));
            }
        }
        Ok(())
    }

    fn request_digest(&self, request: &ScanRequest) -> OpResult<[u8; 16]> {
        let json = serde_json::to_vec(request).map_err(|error| InventoryError::Storage(error.to_string()));
        match json {
            Ok(json) => Ok(self.keyring.lookup("tasks.request", &json)),
            Err(error) => refuse(error),
        }
    }

    /// Returns a task that is queued or running and was asked just the same.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn find_identical(&self, request: ScanRequest) -> Result<Option<TaskId>, InventoryError> {
        self.read(move |inventory, connection| {
            let json = serde_json::to_vec(&request).unwrap_or_default();
            let digest = inventory.keyring.lookup("tasks.request", &json);
            let sql =
                "SELECT id FROM tasks WHERE status IN ('queued', 'running') AND request_digest = ?1 LIMIT 1";
            let id: Option<[u8; 16]> =
                connection.prepare_cached(sql)?.query_row([digest], |row| row.get(0)).optional()?;
            Ok(id.map(|id| TaskId::from_uuid(Uuid::from_bytes(id))))
        })
        .await
    }

    /// Returns a task that is queued or running and does that rest of an ended one.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn find_rest(&self, old: TaskId, rest: Rest) -> Result<Option<TaskId>, InventoryError> {
        self.read(move |_, connection| {
            // Which rest it does is told by the units it took over.
            let sql = "SELECT t.id FROM tasks AS t WHERE t.resumes = ?1 AND t.status IN ('queued', 'running') AND ?2 = \
                       EXISTS (SELECT 1 FROM units AS n JOIN units AS o ON o.task = ?1 AND o.key_digest = n.key_digest \
                       WHERE n.task = t.id AND o.status = 'failed') LIMIT 1";
            let mut statement = connection.prepare_cached(sql)?;
            let asked = (old.uuid().into_bytes(), rest == Rest::Failed);
            let id: Option<[u8; 16]> = statement.query_row(asked, |row| row.get(0)).optional()?;
            Ok(id.map(|id| TaskId::from_uuid(Uuid::from_bytes(id))))
        })
        .await
    }

    /// Returns the tasks that an earlier process left, oldest first.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn interrupted(&self) -> Result<Vec<Interrupted>, InventoryError> {
        self.read(|inventory, connection| {
            let sql = "SELECT id, request_sealed, principal, status, resumes FROM tasks WHERE status IN ('queued', 'running') \
                       ORDER BY created, id";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| {
                let id: [u8; 16] = row.get(0)?;
                Ok(Interrupted {
                    id: TaskId::from_uuid(Uuid::from_bytes(id)),
                    request: sealed::open(&inventory.keyring, REQUEST, &id, row.get_ref(1)?.as_blob()?)?,
                    principal: PrincipalId::from_uuid(Uuid::from_bytes(row.get(2)?)),
                    begun: row.get::<_, String>(3)? == "running",
                    resumes: crate::things::task(row, 4)?,
                })
            })?;
            rows.collect()
        })
        .await
    }

    /// Ends a task in the writer's transaction; `false` if it had ended.
    pub(crate) fn end_task(
        &self,
        tx: &mut WriteTx<'_>,
        task: TaskId,
        end: &TaskEnd,
        events: impl FnOnce(&TaskSummary) -> Vec<Payload>,
    ) -> OpResult<bool> {
        let status = require(tx.connection(), task)?;
        if is_ended(&status) {
            return Ok(false);
        }
        let now = self.clock.now();
        let summary = summarise(tx.connection(), task, now)?;
        let id = task.uuid().into_bytes();
        let (status, code, error) = match end {
            TaskEnd::Completed => ("completed", None, None),
            TaskEnd::Failed { error } => {
                ("failed", Some(ErrorCode::TaskFailed.as_str()), Some(error.clone()))
            }
            TaskEnd::Cancelled { reason } => ("cancelled", None, Some(format!("cancelled: {reason}"))),
        };
        if summary.units_pending > 0 {
            let state = if status == "cancelled" { SliceState::Cancelled } else { SliceState::Failed };
            self.leave_slices(tx, task, (state, error.as_deref().unwrap_or("the scan ended before")), now)?;
        }
        let partial = status != "completed" || summary.units_pending > 0 || summary.units_failed > 0;
        let error = error.map(|error| sealed::seal(&self.keyring, ERROR, &id, &error)).transpose()?;
        let counted = self.count(tx.connection(), task, &summary)?;
        let sql = "UPDATE tasks SET status = ?2, ended = ?3, partial = ?4, error_code = ?5, error_sealed = ?6, \
                   summary = ?7, remaining_ms = NULL, lease_owner = NULL, lease_until = NULL WHERE id = ?1";
        tx.connection().prepare_cached(sql)?.execute(rusqlite::params![
            id,
            status,
            now.micros(),
            partial,
            code,
            error,
            serde_json::to_string(&counted).unwrap_or_default(),
        ])?;
        self.append_for(tx, task, events(&summary))?;
        Ok(true)
    }

    /// Adds up what an ended task changed.
    fn count(
        &self,
        connection: &Connection,
        task: TaskId,
        summary: &TaskSummary,
    ) -> rusqlite::Result<ScanSummary> {
        let sql = "SELECT count(DISTINCT thing) FROM changes AS c WHERE task = ?1 AND CASE ?2 \
                   WHEN 'updated' THEN change = 'updated' AND NOT EXISTS \
                       (SELECT 1 FROM changes AS a WHERE a.task = ?1 AND a.thing = c.thing AND a.change <> 'updated') \
                   ELSE change = ?2 END";
        let mut statement = connection.prepare_cached(sql)?;
        let mut number = |change: ChangeKind| {
            statement
                .query_row((task.uuid().into_bytes(), change.as_str()), |row| row.get::<_, i64>(0))
                .map(|count| count as u64)
        };
        Ok(ScanSummary {
            hosts_up: summary.seen.get(HOST).copied().unwrap_or(0),
            hosts_scanned: summary.tally.get("hosts_scanned"),
            ports_open: summary.seen.get(SERVICE).copied().unwrap_or(0),
            ports_scanned: summary.tally.get("ports_scanned"),
            added: number(ChangeKind::Added)?,
            updated: number(ChangeKind::Updated)?,
            deleted: number(ChangeKind::Deleted)?,
        })
    }

    /// Opens the error of a task's row.
    pub(crate) fn open_error(
        &self,
        id: &[u8; 16],
        sealed: Option<Vec<u8>>,
    ) -> rusqlite::Result<Option<String>> {
        sealed.map(|sealed| sealed::open(&self.keyring, ERROR, id, &sealed)).transpose()
    }

    /// Opens the request of a task's row.
    pub(crate) fn open_request(&self, id: &[u8; 16], sealed: &[u8]) -> rusqlite::Result<ScanRequest> {
        sealed::open(&self.keyring, REQUEST, id, sealed)
    }
}

pub(crate) fn is_ended(status: &str) -> bool {
    matches!(status, "completed" | "failed" | "cancelled")
}

/// Returns a task's status.
pub(crate) fn require(connection: &Connection, task: TaskId) -> OpResult<String> {
    let sql = "SELECT status FROM tasks WHERE id = ?1";
    let status =
        connection.prepare_cached(sql)?.query_row([task.uuid().into_bytes()], |row| row.get(0)).optional()?;
    match status {
        Some(status) => Ok(status),
        None => refuse(InventoryError::NotFound { what: "scan", id: task.to_string() }),
    }
}

/// Refuses unless the task runs: nothing may follow its terminal event, and nothing may come before its first.
pub(crate) fn require_running(tx: &WriteTx<'_>, task: TaskId) -> OpResult<()> {
    match require(tx.connection(), task)?.as_str() {
        "running" => Ok(()),
        _ => refuse(InventoryError::TaskEnded(task)),
    }
}

/// Keeps a message with its task.
pub(crate) fn warn(
    tx: &WriteTx<'_>,
    keyring: &Keyring,
    task: TaskId,
    at: Timestamp,
    message: &str,
) -> OpResult<()> {
    let id = task.uuid().into_bytes();
    let sealed = sealed::seal(keyring, "warnings.message", &id, &message)?;
    let sql = "INSERT INTO warnings (task, at, message_sealed) VALUES (?1, ?2, ?3)";
    tx.connection().prepare_cached(sql)?.execute((id, at.micros(), sealed))?;
    Ok(())
}

/// Adds up what a task did.
pub(crate) fn summarise(
    connection: &Connection,
    task: TaskId,
    now: Timestamp,
) -> rusqlite::Result<TaskSummary> {
    let id = task.uuid().into_bytes();
    // Whoever ends a task tells first how far it got; what units counted beyond their checkpoints is in that alone.
    let (tally, started) = units::told(connection, task)?;
    let mut summary = TaskSummary { tally, ..TaskSummary::default() };
    let sql = "SELECT kind, count(*) FROM observations WHERE task = ?1 AND state IN ('up', 'open', 'open_filtered') GROUP BY kind";
    let mut seen = connection.prepare_cached(sql)?;
    for row in seen.query_map([id], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))? {
        let (kind, count) = row?;
        summary.seen.insert(kind, count);
    }
    let counts = units::count(connection, task)?;
    (summary.units_pending, summary.units_done, summary.units_failed) =
        (counts.pending, counts.done, counts.failed);
    summary.duration_ms = started.map_or(0, |started| (now.seconds_since(started) * 1000.0) as u64);
    Ok(summary)
}

/// Reads a tally column.
pub(crate) fn tally(text: &str) -> Tally {
    serde_json::from_str(text).unwrap_or_default()
}
