//! Backups: one job at a time, by itself when it is due or when somebody asks, and how the last ones ended.

mod jobs;
mod restore;
mod settings;
mod tend;

use std::sync::Arc;

use async_trait::async_trait;
use groma_api::{
    ApiError, Backup, BackupDrillRequest, BackupJob, BackupList, BackupOperations, BackupSettings,
    BackupSettingsRequest, BackupTarget, BackupVerifyRequest, ErrorCode, VerifyDepth,
};
use groma_backup::{BackupError, BackupKeys, Depth, Layout, Listed, Repository, Step};
use groma_model::Timestamp;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use self::jobs::Job;
pub use self::restore::{RestoreRequest, RestoreStep, RestoreWhich, Restored, restore};
use crate::backend::Caller;
use crate::{App, error};

/// What runs.
#[derive(Debug, Default)]
pub(crate) struct Backups {
    running: Mutex<Option<Running>>,
    /// Held while a job ends: nobody sees one that neither runs nor has ended.
    ending: tokio::sync::RwLock<()>,
}

#[derive(Debug)]
struct Running {
    job: BackupJob,
    cancel: CancellationToken,
}

#[async_trait]
impl BackupOperations for Caller {
    async fn backup_list(&self) -> Result<BackupList, ApiError> {
        self.allow("backup_list")?;
        let repository = self.app.repository(None).await?;
        let listed = repository.list().await.map_err(refusal)?;
        let (_, mut record) = self.app.inventory.backup_plan().await.map_err(error::inventory)?;
        let backups = listed.into_iter().map(|listed| {
            let mut backup = shown(listed);
            backup.damage = backup.damage.or_else(|| record.damaged.remove(&backup.number));
            backup
        });
        Ok(BackupList { backups: backups.collect() })
    }

    async fn backup_settings_get(&self) -> Result<BackupSettings, ApiError> {
        self.allow("backup_settings_get")?;
        self.app.backup_settings().await
    }

    async fn backup_settings_set(&self, request: BackupSettingsRequest) -> Result<BackupSettings, ApiError> {
        let mut told = request.clone();
        told.target = told.target.map(settings::without_secret);
        let detail = serde_json::to_string(&told).unwrap_or_default();
        let act = async {
            self.app.change_backup_plan(request).await?;
            self.app.backup_settings().await
        };
        self.audited("backup_settings_set", None, detail, act).await
    }

    async fn backup_create(&self) -> Result<BackupSettings, ApiError> {
        let act = self.app.begin_job(Job::Create);
        self.audited("backup_create", None, String::new(), act).await
    }

    async fn backup_verify(&self, request: BackupVerifyRequest) -> Result<BackupSettings, ApiError> {
        let detail = serde_json::to_string(&request).unwrap_or_default();
        let depth = match request.depth {
            VerifyDepth::Quick => Depth::Quick,
            VerifyDepth::Full => Depth::Full,
        };
        let act = self.app.begin_job(Job::Verify { backup: request.backup, depth });
        self.audited("backup_verify", None, detail, act).await
    }

    async fn backup_drill(&self, request: BackupDrillRequest) -> Result<BackupSettings, ApiError> {
        let detail = serde_json::to_string(&request).unwrap_or_default();
        let act = self.app.begin_job(Job::Drill { backup: request.backup });
        self.audited("backup_drill", None, detail, act).await
    }

    async fn backup_cancel(&self) -> Result<BackupSettings, ApiError> {
        let act = async {
            match self.app.backups.running.lock().as_ref() {
                Some(running) => running.cancel.cancel(),
                None => return Err(ApiError::new(ErrorCode::Conflict, "no job on backups runs")),
            }
            self.app.backup_settings().await
        };
        self.audited("backup_cancel", None, String::new(), act).await
    }
}

impl App {
    /// Opens the store of backups that is set, or `target`; makes a new one where there is none.
    async fn repository(&self, target: Option<BackupTarget>) -> Result<Repository, ApiError> {
        let target = match target {
            Some(target) => target,
            None => {
                let (plan, _) = self.inventory.backup_plan().await.map_err(error::inventory)?;
                plan.target.ok_or_else(|| {
                    let detail = "nobody has said where backups go: `groma backup target local /path` or `… target s3 --bucket …` \
                                  does";
                    ApiError::new(ErrorCode::Conflict, detail)
                })?
            }
        };
        let target = settings::target(&target)?;
        let keys = BackupKeys::of(&self.keyring);
        // Large: a client of S3 is in it.
        Box::pin(Repository::open(&target, keys, Some(Layout::default()))).await.map_err(refusal)
    }

    /// Begins a job unless one runs.
    async fn begin_job(self: &Arc<Self>, job: Job) -> Result<BackupSettings, ApiError> {
        // What is not set or cannot be reached is told to who asks, not to the record.
        let repository = self.repository(None).await?;
        self.run_job(job, repository)?;
        self.backup_settings().await
    }

    /// Runs a job beside everything else.
    fn run_job(self: &Arc<Self>, job: Job, repository: Repository) -> Result<(), ApiError> {
        let cancel = self.stopping.child_token();
        let started_at = self.clock.now();
        {
            let mut running = self.backups.running.lock();
            if let Some(running) = running.as_ref() {
                let detail = format!(
                    "a job on backups runs already ({}): wait for it, or cancel it",
                    running.job.kind
                );
                return Err(ApiError::new(ErrorCode::Conflict, detail));
            }
            let shown = BackupJob {
                kind: job.kind().to_owned(),
                phase: "begin".to_owned(),
                bytes: 0,
                bytes_total: None,
                bytes_per_second: 0.0,
                started_at,
            };
            *running = Some(Running { job: shown, cancel: cancel.clone() });
        }
        let app = Arc::clone(self);
        tokio::spawn(async move { app.do_job(job, repository, cancel, started_at).await });
        Ok(())
    }

    /// Tells whoever asks how far the job is.
    fn meter(self: &Arc<Self>) -> Arc<dyn groma_backup::Progress> {
        let app = Arc::downgrade(self);
        Arc::new(move |step: &Step| {
            let Some(app) = app.upgrade() else { return };
            if let Some(running) = app.backups.running.lock().as_mut() {
                step.phase.name().clone_into(&mut running.job.phase);
                running.job.bytes = step.bytes;
                running.job.bytes_total = Some(step.bytes_total).filter(|total| *total > 0);
                running.job.bytes_per_second = step.bytes_per_second;
            }
        })
    }
}

fn shown(listed: Listed) -> Backup {
    match listed.backup {
        Ok(backup) => Backup {
            number: listed.number,
            created_at: Some(time(backup.created)),
            bytes: backup.bytes,
            files: backup.files,
            things: backup.counts.get("things").and_then(serde_json::Value::as_u64),
            sequence: backup.journal.map(settings::sequence),
            version: Some(backup.version),
            damage: None,
        },
        Err(why) => Backup {
            number: listed.number,
            created_at: listed.stored.map(time),
            bytes: 0,
            files: 0,
            things: None,
            sequence: None,
            version: None,
            damage: Some(why),
        },
    }
}

fn time(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_micros(at.as_microsecond())
}

/// Turns a refusal of a store of backups into one of the API.
fn refusal(error: BackupError) -> ApiError {
    let code = match &error {
        BackupError::NoBackup { .. } => ErrorCode::NotFound,
        BackupError::Cancelled => ErrorCode::Cancelled,
        BackupError::Target { .. } => return ApiError::invalid("target", error::whole(&error)),
        _ => ErrorCode::Unavailable,
    };
    ApiError::new(code, error::whole(&error))
}
