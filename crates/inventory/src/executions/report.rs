//! What a run tells, as changes of its records and as events. Telling the same again changes nothing.

use groma_api::{RunCancel, RunReport, RunStanding};
use groma_database::WriteTx;
use groma_database::rusqlite::{self, Connection, OptionalExtension as _};
use groma_execution_types::{
    ExecutionEvent, ExecutionResult, ExecutionStatus, OutputAdvanced, PlanResult, Progress, Started,
};
use groma_journal::NewEvent;
use groma_model::{ExecutionId, Payload, PlanId, Subject, execution};
use uuid::Uuid;

use super::{ASKED, Asked, PLAN_RESULT, PLAN_STOP, RESULT, STOP, moment, status, stored};
use crate::error::{OpResult, refuse};
use crate::inventory::Inventory;
use crate::{InventoryError, sealed};

/// An execution's record, as far as events depend on it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) id: Uuid,
    pub(super) status: ExecutionStatus,
    pub(super) lines: u64,
    pub(super) of_plan: bool,
    pub(super) asked: Asked,
}

impl Inventory {
    /// Notes what happened in a run and tells it, in one transaction; returns what is wanted of the run.
    ///
    /// # Errors
    /// When there is no such run, an execution is not part of it, or storage refuses.
    pub async fn report_run(&self, run: Uuid, report: RunReport) -> Result<RunStanding, InventoryError> {
        if report.events.is_empty() && report.results.is_empty() && report.plan.is_none() {
            let standing = self.read(move |inventory, connection| {
                Ok(if exists(connection, run)? { Some(inventory.standing(connection, run)?) } else { None })
            });
            return standing.await?.ok_or_else(|| no_run(run));
        }
        self.write(move |inventory, tx| {
            if !exists(tx.connection(), run)? {
                return refuse(no_run(run));
            }
            let mut told = Vec::new();
            for event in report.events {
                inventory.note(tx, run, event, &mut told)?;
            }
            for result in &report.results {
                inventory.keep_result(tx, run, result)?;
            }
            if let Some(plan) = report.plan.filter(|plan| plan.id == run) {
                inventory.keep_plan_result(tx, plan)?;
            }
            if !told.is_empty() {
                inventory.append(tx, told)?;
            }
            Ok(inventory.standing(tx.connection(), run)?)
        })
        .await
    }

    pub(super) fn note(
        &self,
        tx: &WriteTx<'_>,
        run: Uuid,
        event: ExecutionEvent,
        told: &mut Vec<NewEvent>,
    ) -> OpResult<()> {
        match event {
            ExecutionEvent::Started(started) => self.note_started(tx, run, started, told),
            ExecutionEvent::OutputAdvanced(advanced) => self.note_advanced(tx, run, advanced, told),
            ExecutionEvent::Progress(progress) => self.note_progress(tx, run, progress, told),
            ExecutionEvent::Completed(ended)
            | ExecutionEvent::Failed(ended)
            | ExecutionEvent::Cancelled(ended) => self.note_ended(tx, run, ended, told),
            // Lines and what is missing of them are in the log.
            ExecutionEvent::Stdout(_) | ExecutionEvent::Stderr(_) | ExecutionEvent::OutputGap(_) => Ok(()),
        }
    }

    fn note_started(
        &self,
        tx: &WriteTx<'_>,
        run: Uuid,
        started: Started,
        told: &mut Vec<NewEvent>,
    ) -> OpResult<()> {
        let at = moment(started.started_at);
        let Some(id) = started.execution_id else {
            let sql =
                "UPDATE plans SET status = 'running', started = ?2 WHERE id = ?1 AND status = 'pending'";
            let changed = tx.connection().prepare_cached(sql)?.execute((run.into_bytes(), at.micros()))?;
            if changed > 0 {
                told.push(plan_started(run, started.command, at, started.metadata));
            }
            return Ok(());
        };
        let known = self.require_execution(tx.connection(), run, id)?;
        if known.status != ExecutionStatus::Pending {
            return Ok(());
        }
        let sql = "UPDATE executions SET status = 'running', started = ?2, pid = ?3 WHERE id = ?1";
        tx.connection().prepare_cached(sql)?.execute((id.into_bytes(), at.micros(), started.pid))?;
        let payload = execution::Started {
            execution_id: ExecutionId::from_uuid(id),
            plan_id: known.of_plan.then(|| PlanId::from_uuid(run)),
            step_id: known.asked.step_id,
            command: started.command,
            pid: started.pid,
            started_at: at,
            metadata: started.metadata,
        };
        told.push(about(id, payload.into()));
        Ok(())
    }

    fn note_advanced(
        &self,
        tx: &WriteTx<'_>,
        run: Uuid,
        advanced: OutputAdvanced,
        told: &mut Vec<NewEvent>,
    ) -> OpResult<()> {
        let id = advanced.execution_id;
        let known = self.require_execution(tx.connection(), run, id)?;
        if known.status != ExecutionStatus::Running || advanced.last_line <= known.lines {
            return Ok(());
        }
        let sql = "UPDATE executions SET lines = ?2, bytes = max(bytes, ?3) WHERE id = ?1";
        tx.connection().prepare_cached(sql)?.execute((
            id.into_bytes(),
            stored(advanced.last_line),
            stored(advanced.bytes),
        ))?;
        let payload = execution::OutputAdvanced {
            execution_id: ExecutionId::from_uuid(id),
            // What was told before ends where the record does, whatever the caller remembers.
            first_line: known.lines + 1,
            last_line: advanced.last_line,
            bytes: advanced.bytes,
        };
        told.push(about(id, payload.into()));
        Ok(())
    }

    fn note_progress(
        &self,
        tx: &WriteTx<'_>,
        run: Uuid,
        progress: Progress,
        told: &mut Vec<NewEvent>,
    ) -> OpResult<()> {
        let (id, what, runs) = match progress.execution_id {
            Some(id) => {
                let known = self.require_execution(tx.connection(), run, id)?;
                let what = execution::What::Execution(ExecutionId::from_uuid(id));
                (id, what, known.status == ExecutionStatus::Running)
            }
            None => {
                let runs = plan_status(tx.connection(), run)? == Some(ExecutionStatus::Running);
                (run, execution::What::Plan(PlanId::from_uuid(run)), runs)
            }
        };
        if runs {
            let payload = execution::Progress {
                what,
                completed: progress.completed,
                total: progress.total,
                percent_complete: progress.percent_complete,
                current_step: progress.current_step,
            };
            told.push(about(id, payload.into()));
        }
        Ok(())
    }

    /// Keeps everything about an execution that ended, unless it is known to have ended otherwise.
    fn keep_result(&self, tx: &WriteTx<'_>, run: Uuid, result: &ExecutionResult) -> OpResult<()> {
        let known = self.require_execution(tx.connection(), run, result.id)?;
        if !result.status.is_terminal() || known.status != result.status {
            return Ok(());
        }
        let id = result.id.into_bytes();
        let whole = sealed::seal(&self.keyring, RESULT, &id, result)?;
        let sql = "UPDATE executions SET result_sealed = ?2, lines = max(lines, ?3), bytes = max(bytes, ?4) WHERE id = ?1";
        let values = (id, whole, stored(result.lines), stored(result.bytes));
        tx.connection().prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Keeps what is known of a plan; what became of its steps is in their own records.
    pub(super) fn keep_plan_result(&self, tx: &WriteTx<'_>, mut plan: PlanResult) -> OpResult<()> {
        if plan_status(tx.connection(), plan.id)? != Some(plan.status) {
            return Ok(());
        }
        for step in &mut plan.steps {
            step.result = None;
        }
        let id = plan.id.into_bytes();
        let whole = sealed::seal(&self.keyring, PLAN_RESULT, &id, &plan)?;
        let sql = "UPDATE plans SET result_sealed = ?2 WHERE id = ?1";
        tx.connection().prepare_cached(sql)?.execute((id, whole))?;
        Ok(())
    }

    /// Returns what somebody wants to be stopped of a run.
    fn standing(&self, connection: &Connection, run: Uuid) -> rusqlite::Result<RunStanding> {
        let sql = "SELECT id, stop_sealed, 1 FROM plans WHERE id = ?1 AND stop_sealed IS NOT NULL AND completed IS NULL \
                   UNION ALL SELECT id, stop_sealed, 0 FROM executions \
                   WHERE run = ?1 AND stop_sealed IS NOT NULL AND completed IS NULL";
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map([run.into_bytes()], |row| {
            let id: [u8; 16] = row.get(0)?;
            let column = if row.get(2)? { PLAN_STOP } else { STOP };
            let reason = sealed::open(&self.keyring, column, &id, row.get_ref(1)?.as_blob()?)?;
            Ok(RunCancel { id: Uuid::from_bytes(id), reason })
        })?;
        Ok(RunStanding { cancel: rows.collect::<rusqlite::Result<_>>()? })
    }

    pub(super) fn require_execution(&self, connection: &Connection, run: Uuid, id: Uuid) -> OpResult<Known> {
        let sql =
            "SELECT status, lines, step IS NOT NULL, asked_sealed FROM executions WHERE id = ?1 AND run = ?2";
        let bytes = id.into_bytes();
        let found = connection.prepare_cached(sql)?.query_row((bytes, run.into_bytes()), |row| {
            Ok(Known {
                id,
                status: status(row.get_ref(0)?.as_str()?),
                lines: row.get::<_, i64>(1)?.max(0) as u64,
                of_plan: row.get(2)?,
                asked: sealed::open(&self.keyring, ASKED, &bytes, row.get_ref(3)?.as_blob()?)?,
            })
        });
        match found.optional()? {
            Some(known) => Ok(known),
            None => refuse(InventoryError::NotFound { what: "execution of this run", id: id.to_string() }),
        }
    }
}

pub(super) fn no_run(run: Uuid) -> InventoryError {
    InventoryError::NotFound { what: "run", id: run.to_string() }
}

pub(super) fn exists(connection: &Connection, run: Uuid) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?1)";
    connection.prepare_cached(sql)?.query_row([run.into_bytes()], |row| row.get(0))
}

pub(super) fn plan_status(connection: &Connection, plan: Uuid) -> rusqlite::Result<Option<ExecutionStatus>> {
    let sql = "SELECT status FROM plans WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_row([plan.into_bytes()], |row| Ok(status(row.get_ref(0)?.as_str()?))).optional()
}

/// Returns an event about an execution or a plan.
pub(super) fn about(id: Uuid, payload: Payload) -> NewEvent {
    NewEvent { subject: Some(Subject::execution(ExecutionId::from_uuid(id))), payload }
}

/// A plan as a whole is told as an execution whose id is the plan's.
pub(super) fn plan_started(
    plan: Uuid,
    command: String,
    started_at: groma_model::Timestamp,
    metadata: serde_json::Map<String, serde_json::Value>,
) -> NewEvent {
    let payload = execution::Started {
        execution_id: ExecutionId::from_uuid(plan),
        plan_id: Some(PlanId::from_uuid(plan)),
        step_id: None,
        command,
        pid: None,
        started_at,
        metadata,
    };
    about(plan, payload.into())
}
