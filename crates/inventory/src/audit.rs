//! Who changed what.

use groma_api::{AuditEntry, Principal, PrincipalKind};
use groma_model::{PrincipalId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::InventoryError;
use crate::inventory::Inventory;
use crate::sealed;

#[derive(Serialize, Deserialize)]
struct Sealed {
    kind: PrincipalKind,
    name: String,
    detail: String,
}

impl Inventory {
    /// Notes a change, done or refused.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn audit(
        &self,
        principal: Option<Principal>,
        operation: &'static str,
        subject: Option<String>,
        outcome: String,
        detail: String,
    ) -> Result<(), InventoryError> {
        self.write(move |inventory, tx| {
            let now = inventory.clock.now().micros();
            let (id, kind, name) = match principal {
                Some(principal) => (Some(principal.id.uuid().into_bytes()), principal.kind, principal.name),
                None => (None, PrincipalKind::System, String::new()),
            };
            let place = now.to_be_bytes();
            let detail = sealed::seal(&inventory.keyring, "audit.detail", &place, &Sealed { kind, name, detail })?;
            let sql = "INSERT INTO audit (at, principal, operation, subject, outcome, detail_sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            tx.connection().prepare_cached(sql)?.execute((now, id, operation, subject, outcome, detail))?;
            Ok(())
        })
        .await
    }

    /// Lists the latest changes, newest first.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn audit_entries(&self, limit: u32) -> Result<Vec<AuditEntry>, InventoryError> {
        self.read(move |inventory, connection| {
            let sql = "SELECT at, principal, operation, subject, outcome, detail_sealed FROM audit ORDER BY ordinal DESC LIMIT ?1";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([limit], |row| {
                let at: i64 = row.get(0)?;
                let opened: Sealed =
                    sealed::open(&inventory.keyring, "audit.detail", &at.to_be_bytes(), row.get_ref(5)?.as_blob()?)?;
                Ok(AuditEntry {
                    at: Timestamp::from_micros(at),
                    principal: PrincipalId::from_uuid(row.get::<_, Option<[u8; 16]>>(1)?.map_or(Uuid::nil(), Uuid::from_bytes)),
                    principal_kind: opened.kind,
                    principal_name: opened.name,
                    operation: row.get(2)?,
                    subject: row.get(3)?,
                    outcome: row.get(4)?,
                    detail: opened.detail,
                })
            })?;
            rows.collect()
        })
        .await
    }
}
