//! Where backups go and when, and how the last ones ended: kept sealed, because the target has a secret.

use groma_api::{BackupOutcome, BackupRetention, BackupSchedule, BackupTarget};
use groma_database::WriteTx;
use groma_database::rusqlite::{self, Connection, OptionalExtension as _};
use groma_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::error::OpResult;
use crate::inventory::Inventory;
use crate::{InventoryError, sealed};

const SETTINGS: &str = "backups.settings";
const OUTCOMES: &str = "backups.outcomes";
/// The key of the one row, as its place names it.
const ROW: [u8; 8] = 1_i64.to_be_bytes();
/// Outcomes that are kept.
const KEPT: usize = 50;

/// What people set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupPlan {
    /// Where backups go, with its secret.
    pub target: Option<BackupTarget>,
    /// When they are made.
    pub schedule: BackupSchedule,
    /// Since when that holds.
    pub since: Timestamp,
    /// Which are kept.
    pub retention: BackupRetention,
    /// How often one is restored aside, in days; 0: never.
    pub drill_days: u32,
}

impl BackupPlan {
    /// Returns what holds until somebody sets something.
    #[must_use]
    pub const fn new(now: Timestamp) -> Self {
        Self {
            target: None,
            schedule: BackupSchedule::Off {},
            since: now,
            retention: BackupRetention { keep_last: 7, daily: 14, weekly: 8, monthly: 12 },
            drill_days: 7,
        }
    }
}

/// How backups ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupRecord {
    /// The last jobs, latest first.
    pub outcomes: Vec<BackupOutcome>,
    /// The last backup that succeeded.
    pub last_success: Option<Timestamp>,
    /// The last time that a restore was proven.
    pub last_drill: Option<Timestamp>,
    /// Backups that the last look found not to be whole, by number, and why.
    #[serde(default)]
    pub damaged: BTreeMap<u64, String>,
}

impl Inventory {
    /// Returns what people set, and how backups ended.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn backup_plan(&self) -> Result<(BackupPlan, BackupRecord), InventoryError> {
        self.read(|inventory, connection| inventory.load_plan(connection)).await
    }

    fn load_plan(&self, connection: &Connection) -> rusqlite::Result<(BackupPlan, BackupRecord)> {
        let sql = "SELECT settings_sealed, outcomes_sealed FROM backups";
        let found = connection.prepare_cached(sql)?.query_row([], |row| {
            let plan = sealed::open(&self.keyring, SETTINGS, &ROW, row.get_ref(0)?.as_blob()?)?;
            let record = row.get_ref(1)?.as_blob_or_null()?;
            let record =
                record.map(|sealed| sealed::open(&self.keyring, OUTCOMES, &ROW, sealed)).transpose()?;
            Ok((plan, record.unwrap_or_default()))
        });
        let nothing = || (BackupPlan::new(self.clock.now()), BackupRecord::default());
        Ok(found.optional()?.unwrap_or_else(nothing))
    }

    /// Keeps what people set.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn set_backup_plan(&self, plan: BackupPlan) -> Result<(), InventoryError> {
        self.write(move |inventory, tx| inventory.save_plan(tx, &plan)).await
    }

    fn save_plan(&self, tx: &WriteTx<'_>, plan: &BackupPlan) -> OpResult<()> {
        let sealed = sealed::seal(&self.keyring, SETTINGS, &ROW, plan)?;
        let sql = "INSERT INTO backups (only, settings_sealed) VALUES (1, ?1) ON CONFLICT (only) DO UPDATE SET settings_sealed = ?1";
        tx.connection().execute(sql, [sealed])?;
        Ok(())
    }

    /// Notes how a job on backups ended.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn note_backup(&self, outcome: BackupOutcome) -> Result<(), InventoryError> {
        self.change_record(move |record| {
            match outcome.kind.as_str() {
                "create" if outcome.success => record.last_success = Some(outcome.at),
                "drill" if outcome.success => record.last_drill = Some(outcome.at),
                _ => {}
            }
            record.outcomes.insert(0, outcome);
            record.outcomes.truncate(KEPT);
        })
        .await
    }

    /// Notes which backups a look found not to be whole: a look at one, or at all.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn note_damage(
        &self,
        looked_at: Option<u64>,
        found: BTreeMap<u64, String>,
    ) -> Result<(), InventoryError> {
        self.change_record(move |record| {
            record.damaged.retain(|number, _| looked_at.is_some_and(|looked_at| looked_at != *number));
            record.damaged.extend(found);
        })
        .await
    }

    async fn change_record(
        &self,
        change: impl FnOnce(&mut BackupRecord) + Send + 'static,
    ) -> Result<(), InventoryError> {
        self.write(move |inventory, tx| {
            let (plan, mut record) = inventory.load_plan(tx.connection())?;
            change(&mut record);
            inventory.save_plan(tx, &plan)?;
            let sealed = sealed::seal(&inventory.keyring, OUTCOMES, &ROW, &record)?;
            tx.connection().execute("UPDATE backups SET outcomes_sealed = ?1", [sealed])?;
            Ok(())
        })
        .await
    }
}
