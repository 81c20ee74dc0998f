//! How executions and plans end: once.

use groma_database::WriteTx;
use groma_execution_types::{Ended, ExecutionResult, ExecutionStatus};
use groma_journal::NewEvent;
use groma_model::change::EndStatus;
use groma_model::{ExecutionId, PlanId, execution};
use uuid::Uuid;

use super::report::{Known, about, plan_started, plan_status};
use super::{ERROR, PLAN, RESULT, moment, word};
use crate::error::{OpResult, refuse};
use crate::inventory::Inventory;
use crate::{InventoryError, sealed};

impl Inventory {
    pub(super) fn note_ended(
        &self,
        tx: &WriteTx<'_>,
        run: Uuid,
        ended: Ended,
        told: &mut Vec<NewEvent>,
    ) -> OpResult<()> {
        if !ended.status.is_terminal() {
            return refuse(InventoryError::Conflict(format!("`{}` is no end", word(ended.status))));
        }
        let Some(id) = ended.execution_id else { return self.plan_ended(tx, run, &ended, told) };
        let known = self.require_execution(tx.connection(), run, id)?;
        if known.status.is_terminal() {
            return Ok(());
        }
        let began = known.status != ExecutionStatus::Pending;
        // What was never begun because of others has nothing to tell before its end.
        let skipped = ended.status == ExecutionStatus::Skipped;
        if !began && !skipped {
            told.push(self.late_start(run, &known, &ended));
        }
        let bytes = id.into_bytes();
        let error = ended
            .error
            .as_ref()
            .map(|error| sealed::seal(&self.keyring, ERROR, &bytes, error))
            .transpose()?;
        let result = sealed::seal(&self.keyring, RESULT, &bytes, &bare_result(id, &known, &ended))?;
        let sql = "UPDATE executions SET status = ?2, started = coalesce(started, ?3), completed = ?4, exit_code = ?5, \
                   signal = ?6, error_sealed = ?7, result_sealed = ?8, pid = NULL, stop_sealed = NULL, \
                   log = CASE WHEN ?9 THEN 0 ELSE log END WHERE id = ?1";
        tx.connection().prepare_cached(sql)?.execute(groma_database::rusqlite::params![
            bytes,
            word(ended.status),
            (!skipped).then(|| moment(ended.started_at).micros()),
            moment(ended.completed_at).micros(),
            ended.exit_code,
            ended.signal,
            error,
            result,
            skipped,
        ])?;
        let what = execution::What::Execution(ExecutionId::from_uuid(id));
        told.push(about(id, payload(what, &ended).into()));
        Ok(())
    }

    fn plan_ended(
        &self,
        tx: &WriteTx<'_>,
        plan: Uuid,
        ended: &Ended,
        told: &mut Vec<NewEvent>,
    ) -> OpResult<()> {
        let Some(status) = plan_status(tx.connection(), plan)? else {
            return refuse(InventoryError::NotFound { what: "plan", id: plan.to_string() });
        };
        if status.is_terminal() {
            return Ok(());
        }
        if status == ExecutionStatus::Pending {
            let name = self.plan_name(tx.connection(), plan)?;
            told.push(plan_started(plan, name, moment(ended.started_at), serde_json::Map::new()));
        }
        let sql = "UPDATE plans SET status = ?2, started = coalesce(started, ?3), completed = ?4, stop_sealed = NULL \
                   WHERE id = ?1";
        tx.connection().prepare_cached(sql)?.execute((
            plan.into_bytes(),
            word(ended.status),
            moment(ended.started_at).micros(),
            moment(ended.completed_at).micros(),
        ))?;
        let result = groma_execution_types::PlanResult {
            id: plan,
            status: ended.status,
            started_at: Some(ended.started_at),
            completed_at: Some(ended.completed_at),
            error: ended.error.clone(),
            steps: Vec::new(),
        };
        self.keep_plan_result(tx, result)?;
        let what = execution::What::Plan(PlanId::from_uuid(plan));
        told.push(about(plan, payload(what, ended).into()));
        Ok(())
    }

    /// Returns the start of what ended before anybody heard that it began: no end comes without one.
    fn late_start(&self, run: Uuid, known: &Known, ended: &Ended) -> NewEvent {
        let payload = execution::Started {
            execution_id: ExecutionId::from_uuid(known.id),
            plan_id: known.of_plan.then(|| PlanId::from_uuid(run)),
            step_id: known.asked.step_id.clone(),
            command: known.asked.command.clone(),
            pid: None,
            started_at: moment(ended.started_at),
            metadata: known.asked.request.metadata.clone(),
        };
        about(known.id, payload.into())
    }

    fn plan_name(&self, connection: &groma_database::rusqlite::Connection, plan: Uuid) -> OpResult<String> {
        let id = plan.into_bytes();
        let sql = "SELECT plan_sealed FROM plans WHERE id = ?1";
        let plan: groma_execution_types::ExecutionPlan = connection
            .prepare_cached(sql)?
            .query_row([id], |row| sealed::open(&self.keyring, PLAN, &id, row.get_ref(0)?.as_blob()?))?;
        Ok(plan.name.unwrap_or_else(|| format!("plan of {} steps", plan.steps.len())))
    }
}

/// Returns what is known of an execution that ended until its whole result is told.
fn bare_result(id: Uuid, known: &Known, ended: &Ended) -> ExecutionResult {
    ExecutionResult {
        id,
        status: ended.status,
        exit_code: ended.exit_code,
        signal: ended.signal,
        stdout: String::new(),
        stderr: String::new(),
        duration: std::time::Duration::from_millis(ended.duration_ms),
        started_at: (ended.status != ExecutionStatus::Skipped).then_some(ended.started_at),
        completed_at: Some(ended.completed_at),
        log_path: None,
        truncated: known.lines > 0,
        teardown: ended.teardown.clone(),
        error: ended.error.clone(),
        attempts: u32::from(known.status == ExecutionStatus::Running),
        lines: known.lines,
        bytes: 0,
    }
}

fn payload(what: execution::What, ended: &Ended) -> execution::Ended {
    execution::Ended {
        what,
        status: match ended.status {
            ExecutionStatus::Completed => EndStatus::Completed,
            ExecutionStatus::Cancelled | ExecutionStatus::Skipped => EndStatus::Cancelled,
            _ => EndStatus::Failed,
        },
        exit_code: ended.exit_code,
        signal: ended.signal,
        error: ended.error.clone(),
        duration_ms: ended.duration_ms,
        started_at: moment(ended.started_at),
        completed_at: moment(ended.completed_at),
    }
}
