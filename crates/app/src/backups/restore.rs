//! Bringing a backup back to a folder that nobody holds: done by the process that was asked, without a server.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use groma_api::{ApiError, BackupTarget, ErrorCode};
use groma_backup::{
    BackupError, JournalHead, Repository, RestoreOptions, RestoreReport, Step, Which, unlock as open_keys,
};
use groma_database::{Database, apart};
use groma_inventory::testify;
use groma_model::Timestamp;
use groma_seal::{Keyring, Unlock};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::settings;
use crate::error::whole;

/// Which backup is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoreWhich {
    /// The newest.
    Newest,
    /// The newest that was begun at that moment or before.
    At(Timestamp),
    /// The one of that number.
    Number(u64),
}

/// What is to be restored, and where.
#[derive(Debug, Clone)]
pub struct RestoreRequest {
    /// Where the backups are.
    pub from: BackupTarget,
    /// Which of them.
    pub which: RestoreWhich,
    /// The folder that is restored to.
    pub into: PathBuf,
    /// Whether it may be replaced if it is not empty; what was in it is kept beside it.
    pub replace: bool,
    /// Whether it may be replaced although its history is newer, or it cannot be told whether it is.
    pub over_newer: bool,
}

/// How far a restore is.
#[derive(Debug, Clone, PartialEq)]
pub struct RestoreStep {
    /// What it does now.
    pub phase: &'static str,
    /// Bytes done in that.
    pub bytes: u64,
    /// Bytes in all, once known.
    pub bytes_total: Option<u64>,
    /// Bytes per second.
    pub bytes_per_second: f64,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Restored {
    /// The backup's number.
    pub backup: u64,
    /// As of when the data are.
    pub created_at: Timestamp,
    /// The folder that they are in now.
    pub folder: PathBuf,
    /// What that took, in bytes.
    pub bytes: u64,
    /// Of these, what was fetched; the rest was there from a restore that was interrupted.
    pub bytes_fetched: u64,
    /// Files in it.
    pub files: u64,
    /// Things in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub things: Option<u64>,
    /// The position of the journal in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
    /// The version that made it.
    pub version: String,
    /// Where that lies what was in the folder before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<PathBuf>,
}

/// Restores a backup. Until its end, the folder is as it was; what was fetched until an interruption is kept beside it, for
/// the next restore.
///
/// # Errors
/// When there is no such backup, its keys do not open, something is in the way, or it is called off.
pub async fn restore(
    request: RestoreRequest,
    unlock: &Unlock,
    told: impl Fn(RestoreStep) + Send + Sync + 'static,
    cancel: &CancellationToken,
) -> Result<Restored, ApiError> {
    let target = settings::target(&request.from)?;
    if let groma_backup::Target::Local { path } = &target
        && !path.is_dir()
    {
        // Opening it would make it.
        let detail = format!("there are no backups in `{}`: there is no such folder", path.display());
        return Err(ApiError::new(ErrorCode::NotFound, detail));
    }
    let keys = open_keys(&target, unlock).await.map_err(refusal)?;
    let repository = Repository::open(&target, keys, None).await.map_err(refusal)?;
    let which = match request.which {
        RestoreWhich::Newest => Which::Newest,
        RestoreWhich::Number(number) => Which::Number(number),
        RestoreWhich::At(at) => Which::At(settings::moment(at).unwrap_or(jiff::Timestamp::MAX)),
    };
    let there = if request.replace && !request.over_newer { head(&request.into, unlock).await? } else { None };
    let options = RestoreOptions { replace: request.replace, over_newer: request.over_newer, there };
    let told = move |step: &Step| {
        told(RestoreStep {
            phase: step.phase.name(),
            bytes: step.bytes,
            bytes_total: Some(step.bytes_total).filter(|total| *total > 0),
            bytes_per_second: step.bytes_per_second,
        });
    };
    let report = repository.restore(which, &request.into, options, Arc::new(told), cancel).await;
    Ok(done(report.map_err(refusal)?, request.into))
}

fn done(report: RestoreReport, folder: PathBuf) -> Restored {
    let backup = report.backup;
    Restored {
        backup: backup.number,
        created_at: super::time(backup.created),
        folder,
        bytes: backup.bytes,
        bytes_fetched: report.fetched,
        files: backup.files,
        things: backup.counts.get("things").and_then(serde_json::Value::as_u64),
        sequence: backup.journal.map(settings::sequence),
        version: backup.version,
        previous: report.previous,
    }
}

/// Returns how far the history of the folder goes that is to be replaced; `None` if it has none.
async fn head(folder: &Path, unlock: &Unlock) -> Result<Option<JournalHead>, ApiError> {
    let database = folder.join(Database::FILE);
    if !database.exists() {
        return Ok(None);
    }
    let (path, unlock) = (folder.to_owned(), unlock.clone());
    let said = apart("restore", move || {
        let keyring = Keyring::open(&path, &unlock, false).map_err(|error| whole(&error))?;
        testify(&database, &Arc::new(keyring))
    });
    let said = said.await.unwrap_or_else(|error| Err(error.to_string()));
    let said = said.map_err(|why| {
        let detail = format!(
            "it cannot be told whether `{}` is newer than the backup: {why}; --over-newer replaces it all the same",
            folder.display()
        );
        ApiError::new(ErrorCode::Conflict, detail)
    });
    Ok(said?.journal.map(|(epoch, number)| JournalHead { epoch, number }))
}

/// Turns a refusal into one that has its exit code.
fn refusal(error: BackupError) -> ApiError {
    let code = match &error {
        BackupError::Target { .. } => ErrorCode::InvalidRequest,
        BackupError::NoBackup { .. } | BackupError::NoRepository { .. } => ErrorCode::NotFound,
        BackupError::NotEmpty { .. }
        | BackupError::Newer { .. }
        | BackupError::Busy { .. }
        | BackupError::Foreign { .. } => ErrorCode::Conflict,
        BackupError::Keys(_) => ErrorCode::Forbidden,
        BackupError::TooNew { .. } => ErrorCode::VersionMismatch,
        BackupError::Cancelled => ErrorCode::Cancelled,
        BackupError::Store { .. } => ErrorCode::Unavailable,
        _ => ErrorCode::StorageFailed,
    };
    let told = whole(&error);
    let detail = match &error {
        BackupError::NotEmpty { path } => {
            format!("`{}` is not empty: name another folder, or let it be replaced with --replace", path.display())
        }
        BackupError::Newer { .. } => format!("{told} with --over-newer"),
        _ => told,
    };
    ApiError::new(code, detail)
}
