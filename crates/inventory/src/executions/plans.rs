//! Plans as the API shows them.

use std::collections::HashMap;

use groma_api::{PlanList, PlanRun, PlanSummary};
use groma_database::rusqlite::{self, Row, ToSql};
use groma_execution_types::{ExecutionPlan, PlanResult, StepResult};
use groma_model::{PlanId, Timestamp};
use uuid::Uuid;

use super::read::principal;
use super::{PLAN, PLAN_RESULT, engine_moment, origin, status};
use crate::inventory::Inventory;
use crate::{InventoryError, sealed};

const SELECT: &str = "SELECT l.id, l.status, l.created, l.started, l.completed, l.plan_sealed, l.result_sealed, r.origin, r.principal, \
                      p.name_sealed, \
                      (SELECT count(*) FROM executions AS e WHERE e.run = l.id), \
                      (SELECT count(*) FROM executions AS e WHERE e.run = l.id AND e.status = 'completed'), \
                      (SELECT count(*) FROM executions AS e WHERE e.run = l.id \
                       AND e.status NOT IN ('pending', 'running', 'completed')) \
                      FROM plans AS l JOIN runs AS r ON r.id = l.id LEFT JOIN principals AS p ON p.id = r.principal";

impl Inventory {
    /// Lists plans, newest first: those that run (`true`) or have ended, older than `before`.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn plans(
        &self,
        active: Option<bool>,
        before: Option<PlanId>,
        limit: u32,
    ) -> Result<PlanList, InventoryError> {
        self.read(move |inventory, connection| {
            let sql = format!(
                "{SELECT} WHERE (?1 IS NULL OR ?1 = (l.status IN ('pending', 'running'))) \
                 AND (?2 IS NULL OR (l.created, l.id) < (SELECT created, id FROM plans WHERE id = ?2)) \
                 ORDER BY l.created DESC, l.id DESC LIMIT ?3"
            );
            let before = before.map(|before| before.uuid().into_bytes());
            let values: [&dyn ToSql; 3] = [&active, &before, &(i64::from(limit) + 1)];
            let mut statement = connection.prepare_cached(&sql)?;
            let rows =
                statement.query_map(values, |row| inventory.read_plan(row).map(|(summary, _, _)| summary))?;
            let mut plans = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            let more = plans.len() > limit as usize;
            plans.truncate(limit as usize);
            let next_cursor = plans.last().filter(|_| more).map(|last| last.id.to_string());
            Ok(PlanList { plans, next_cursor })
        })
        .await
    }

    /// Returns a plan with what became of its steps.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn plan(&self, id: PlanId) -> Result<PlanRun, InventoryError> {
        let found = self.read(move |inventory, connection| {
            // One snapshot: the plan and its steps belong together.
            let snapshot = connection.unchecked_transaction()?;
            let mut statement = snapshot.prepare_cached(&format!("{SELECT} WHERE l.id = ?1"))?;
            let mut rows = statement.query([id.uuid().into_bytes()])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let (summary, plan, told) = inventory.read_plan(row)?;
            let started_at = row.get::<_, Option<i64>>(3)?.map(Timestamp::from_micros);
            let causes = told.into_iter().flat_map(|told| told.steps);
            let mut causes: HashMap<Uuid, Option<String>> =
                causes.map(|step| (step.execution_id, step.root_cause)).collect();
            let steps = inventory.steps(&snapshot, id.uuid())?.into_iter().map(|(step, result)| StepResult {
                id: step.step_id.unwrap_or_default(),
                execution_id: step.id.uuid(),
                status: step.status,
                root_cause: causes.remove(&step.id.uuid()).flatten(),
                result: step.started_at.map(|_| result),
            });
            let result = PlanResult {
                id: id.uuid(),
                status: summary.status,
                started_at: started_at.and_then(engine_moment),
                completed_at: summary.completed_at.and_then(engine_moment),
                error: summary.error.clone(),
                steps: steps.collect(),
            };
            Ok(Some(PlanRun { summary, plan, result }))
        });
        found.await?.ok_or_else(|| InventoryError::NotFound { what: "plan", id: id.to_string() })
    }

    fn read_plan(&self, row: &Row<'_>) -> rusqlite::Result<(PlanSummary, ExecutionPlan, Option<PlanResult>)> {
        let id: [u8; 16] = row.get(0)?;
        let plan: ExecutionPlan = sealed::open(&self.keyring, PLAN, &id, row.get_ref(5)?.as_blob()?)?;
        let told = row.get_ref(6)?.as_blob_or_null()?;
        let told: Option<PlanResult> =
            told.map(|told| sealed::open(&self.keyring, PLAN_RESULT, &id, told)).transpose()?;
        let count = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, i64>(at)?.max(0) as u64);
        let summary = PlanSummary {
            id: PlanId::from_uuid(Uuid::from_bytes(id)),
            name: plan.name.clone(),
            status: status(row.get_ref(1)?.as_str()?),
            origin: origin(row.get_ref(7)?.as_str()?),
            principal: principal(&self.keyring, row, 8)?,
            created_at: Timestamp::from_micros(row.get(2)?),
            completed_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_micros),
            error: told.as_ref().and_then(|told| told.error.clone()),
            steps: count(10)?,
            steps_completed: count(11)?,
            steps_failed: count(12)?,
        };
        Ok((summary, plan, told))
    }
}
