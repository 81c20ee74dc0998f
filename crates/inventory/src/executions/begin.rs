//! Noting what is about to run.

use groma_api::{ExecutionOrigin, RunRequest};
use groma_database::rusqlite;
use groma_model::PrincipalId;
use uuid::Uuid;

use super::{ASKED, Asked, LOG_KEY, LogKey, PLAN, origin_word};
use crate::error::refuse;
use crate::inventory::Inventory;
use crate::{InventoryError, sealed};

/// A run about to begin: a command, or a plan with its steps in order.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// The plan's id, or that of the single command.
    pub id: Uuid,
    /// What runs.
    pub request: RunRequest,
    /// Which process runs it.
    pub origin: ExecutionOrigin,
    /// Who asked.
    pub principal: PrincipalId,
    /// What its logs are sealed with.
    pub log_key: LogKey,
}

impl Inventory {
    /// Notes a run: everything of it waits.
    ///
    /// # Errors
    /// When there is a run, plan or execution of one of its ids already, or storage refuses.
    pub async fn begin_run(&self, run: NewRun) -> Result<(), InventoryError> {
        self.write(move |inventory, tx| {
            let id = run.id.into_bytes();
            let now = inventory.clock.now().micros();
            let taken = |connection: &rusqlite::Connection, id: Uuid| -> rusqlite::Result<bool> {
                let sql = "SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?1) OR EXISTS (SELECT 1 FROM executions WHERE id = ?1)";
                connection.prepare_cached(sql)?.query_row([id.into_bytes()], |row| row.get(0))
            };
            let ids = std::iter::once(run.id).chain(run.request.executions.iter().map(|one| one.id.uuid()));
            for id in ids {
                if taken(tx.connection(), id)? {
                    let why = format!("there is an execution or plan {id} already: give another id, or none");
                    return refuse(InventoryError::Conflict(why));
                }
            }
            let key = sealed::seal(&inventory.keyring, LOG_KEY, &id, &run.log_key.to_text())?;
            let sql = "INSERT INTO runs (id, origin, principal, created, log_key_sealed) VALUES (?1, ?2, ?3, ?4, ?5)";
            let principal = run.principal.uuid().into_bytes();
            tx.connection().prepare_cached(sql)?.execute((id, origin_word(run.origin), principal, now, key))?;
            if let Some(plan) = &run.request.plan {
                let plan = sealed::seal(&inventory.keyring, PLAN, &id, plan)?;
                let sql = "INSERT INTO plans (id, status, created, plan_sealed) VALUES (?1, 'pending', ?2, ?3)";
                tx.connection().prepare_cached(sql)?.execute((id, now, plan))?;
            }
            let sql = "INSERT INTO executions (id, run, step, status, created, asked_sealed) \
                       VALUES (?1, ?2, ?3, 'pending', ?4, ?5)";
            let mut insert = tx.connection().prepare_cached(sql)?;
            let of_plan = run.request.plan.is_some();
            for (at, execution) in run.request.executions.into_iter().enumerate() {
                let own = execution.id.uuid().into_bytes();
                let asked = Asked {
                    step_id: execution.step_id,
                    command: execution.command,
                    request: execution.request,
                };
                let asked = sealed::seal(&inventory.keyring, ASKED, &own, &asked)?;
                insert.execute((own, id, of_plan.then_some(at as i64), now, asked))?;
            }
            Ok(())
        })
        .await
    }
}
