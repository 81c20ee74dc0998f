//! What the jobs do.

use std::path::Path;
use std::sync::Arc;

use groma_api::{ApiError, BackupOutcome, ErrorCode};
use groma_backup::{
    Depth, Facts, JournalHead, PrunePolicy, Repository, Request, RestoreOptions, Retention, Source,
    VerifyReport, Which,
};
use groma_database::{Database, apart};
use groma_inventory::testify;
use groma_journal::NewEvent;
use groma_model::Timestamp;
use groma_model::system::Severity;
use jiff::tz::TimeZone;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::refusal;
use crate::{App, error};

/// A job on backups.
#[derive(Debug, Clone, Copy)]
pub(super) enum Job {
    /// Make one; then forget what need not be kept.
    Create,
    /// Look whether one or all are whole.
    Verify { backup: Option<u64>, depth: Depth },
    /// Restore one aside and compare.
    Drill { backup: Option<u64> },
}

/// What came of a job: what to say, and the backup it was about.
type Done = (String, Option<u64>);

impl Job {
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Verify { .. } => "verify",
            Self::Drill { .. } => "drill",
        }
    }
}

impl App {
    pub(super) async fn do_job(
        self: &Arc<Self>,
        job: Job,
        repository: Repository,
        cancel: CancellationToken,
        started: Timestamp,
    ) {
        let done = match job {
            Job::Create => self.make_backup(&repository, &cancel).await,
            Job::Verify { backup, depth } => self.verify_backups(&repository, backup, depth, &cancel).await,
            Job::Drill { backup } => self.drill(&repository, backup, &cancel).await,
        };
        let forget = matches!(job, Job::Create) && done.is_ok();
        self.end_job(job.kind(), done, started, forget.then_some("forget")).await;
        if forget {
            let begun = self.clock.now();
            let forgotten = self.forget_backups(&repository, &cancel).await;
            self.end_job("forget", forgotten, begun, None).await;
        }
    }

    /// Notes how a job ended, and which one follows it at once.
    async fn end_job(
        &self,
        kind: &str,
        done: Result<Done, ApiError>,
        started: Timestamp,
        next: Option<&str>,
    ) {
        let _ending = self.backups.ending.write().await;
        self.record(kind, done, started).await;
        let mut running = self.backups.running.lock();
        match (next, running.as_mut()) {
            (Some(next), Some(running)) => {
                next.clone_into(&mut running.job.kind);
                (running.job.bytes, running.job.bytes_total, running.job.started_at) =
                    (0, None, self.clock.now());
            }
            _ => *running = None,
        }
    }

    /// Notes how a job ended; tells it as an event if it failed.
    async fn record(&self, kind: &str, done: Result<Done, ApiError>, started: Timestamp) {
        let now = self.clock.now();
        let (success, message, backup) = match done {
            Ok((message, backup)) => (true, message, backup),
            Err(error) => (false, error.detail, None),
        };
        let outcome = BackupOutcome {
            kind: kind.to_owned(),
            success,
            message: message.clone(),
            backup,
            at: now,
            duration_ms: (now.seconds_since(started) * 1000.0) as u64,
        };
        if let Err(error) = self.inventory.note_backup(outcome).await {
            tracing::error!(%error, kind, success, "how a job on backups ended could not be noted");
        }
        if !success {
            tracing::error!(kind, "a job on backups failed; `groma backup status` says why");
            self.tell_backups(format!("Backups: {kind} failed: {message}"), Severity::Error).await;
        }
    }

    /// Tells everybody about backups.
    pub(super) async fn tell_backups(&self, message: String, severity: Severity) {
        let (journal, payload) = (Arc::clone(&self.journal), self.trouble(message, severity));
        let told = self.database.write(move |tx| {
            journal.append(tx, vec![NewEvent { subject: None, payload }])?;
            Ok::<_, groma_database::OpError<std::convert::Infallible>>(())
        });
        if let Err(error) = told.await {
            tracing::error!(%error, "failed to journal something about backups");
        }
    }

    async fn make_backup(
        self: &Arc<Self>,
        repository: &Repository,
        cancel: &CancellationToken,
    ) -> Result<Done, ApiError> {
        let keyring = Arc::clone(&self.keyring);
        let witness = move |captured: &Path| {
            let said = testify(captured, &keyring)?;
            let journal = said.journal.map(|(epoch, number)| JournalHead { epoch, number });
            Ok(Facts { journal, counts: said.counts, facts: said.answers })
        };
        let request = Request {
            source: Source::data_folder(self.keyring.data_folder()),
            created: jiff::Timestamp::from_microsecond(self.clock.now().micros()).unwrap_or_default(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            witness: Arc::new(witness),
        };
        let made = repository.create(&request, self.meter(), cancel).await.map_err(refusal)?;
        let message = format!(
            "backup {}: {} bytes in {} files; {} bytes were sent, {} of {} chunks were there already",
            made.backup.number,
            made.backup.bytes,
            made.backup.files,
            made.sent_bytes,
            made.reused,
            made.chunks
        );
        Ok((message, Some(made.backup.number)))
    }

    async fn verify_backups(
        self: &Arc<Self>,
        repository: &Repository,
        backup: Option<u64>,
        depth: Depth,
        cancel: &CancellationToken,
    ) -> Result<Done, ApiError> {
        let report = repository.verify(backup, depth, self.meter(), cancel).await.map_err(refusal)?;
        let why =
            |number: &u64| (*number, "the last look found it not to be whole: see the outcomes".to_owned());
        let noted = self.inventory.note_damage(backup, report.affected.iter().map(why).collect()).await;
        noted.map_err(error::inventory)?;
        if !report.is_sound() {
            return Err(ApiError::new(ErrorCode::StorageFailed, damage(&report)));
        }
        let how = match depth {
            Depth::Quick => "are there in their sizes",
            Depth::Full => "were read back and are as they were written",
        };
        let message = format!(
            "{}: all {} {how} ({} bytes)",
            counted(report.backups, "backup"),
            counted(report.checked, "object"),
            report.bytes
        );
        Ok((message, backup))
    }

    /// Restores a backup aside and asks it what it said when it was made.
    async fn drill(
        self: &Arc<Self>,
        repository: &Repository,
        backup: Option<u64>,
        cancel: &CancellationToken,
    ) -> Result<Done, ApiError> {
        let aside = self.keyring.data_folder().join(DRILL);
        let failed = |act: &str, why: &dyn std::fmt::Display| {
            ApiError::new(ErrorCode::StorageFailed, format!("failed to {act} `{}`: {why}", aside.display()))
        };
        // What a drill left that was killed.
        clear(&aside).await.map_err(|error| failed("clear", &error))?;
        let which = backup.map_or(Which::Newest, Which::Number);
        let restored =
            repository.restore(which, &aside, RestoreOptions::default(), self.meter(), cancel).await;
        let compared = match restored {
            Ok(report) => {
                let (path, keyring) = (aside.join(Database::FILE), Arc::clone(&self.keyring));
                let said = apart("drill", move || testify(&path, &keyring)).await;
                let said = said.map_err(|error| error.to_string()).and_then(|said| said);
                compare(&report.backup.counts, &report.backup.facts, said).map(|()| report.backup)
            }
            Err(error) => Err(error::whole(&error)),
        };
        clear(&aside).await.map_err(|error| failed("remove", &error))?;
        match compared {
            Ok(backup) => {
                let message = format!(
                    "backup {} was restored aside; its counts and answers are those of the day it was made",
                    backup.number
                );
                Ok((message, Some(backup.number)))
            }
            Err(why) => {
                let which = backup
                    .map_or_else(|| "the newest backup".to_owned(), |number| format!("backup {number}"));
                Err(ApiError::new(ErrorCode::StorageFailed, format!("{which} does not restore: {why}")))
            }
        }
    }

    /// Forgets what need not be kept.
    async fn forget_backups(
        self: &Arc<Self>,
        repository: &Repository,
        cancel: &CancellationToken,
    ) -> Result<Done, ApiError> {
        let (plan, _) = self.inventory.backup_plan().await.map_err(error::inventory)?;
        let keep = plan.retention;
        let retention =
            Retention { last: keep.keep_last, daily: keep.daily, weekly: keep.weekly, monthly: keep.monthly };
        let forgotten = repository.forget(&retention, &TimeZone::UTC, false).await.map_err(refusal)?;
        let pruned = repository.prune(PrunePolicy::default(), self.meter(), cancel).await.map_err(refusal)?;
        let mut message = format!(
            "forgot {}; in a day {} may be deleted; deleted {} ({} bytes)",
            counted(forgotten.forgotten.len() as u64, "backup"),
            counted(pruned.condemned, "object"),
            counted(pruned.deleted, "object"),
            pruned.deleted_bytes
        );
        if let Some((_, why)) = pruned.refused.first() {
            message = format!("{message}; the store refused to delete {}: {why}", pruned.refused.len());
        }
        Ok((message, None))
    }
}

/// Says how many there are of something that forms its plural by an s.
fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Where drills restore to, within the data folder.
const DRILL: &str = "drill";

async fn clear(folder: &Path) -> std::io::Result<()> {
    let folder = folder.to_owned();
    let cleared = apart("drill", move || match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    });
    cleared.await?
}

fn compare(
    counts: &Value,
    answers: &Value,
    said: Result<groma_inventory::Testimony, String>,
) -> Result<(), String> {
    let said = said?;
    for (what, then, now) in [("counts", counts, &said.counts), ("answers", answers, &said.answers)] {
        if then != now {
            return Err(format!("its {what} differ: {then} when it was made, {now} when it was restored"));
        }
    }
    Ok(())
}

fn damage(report: &VerifyReport) -> String {
    let affected: Vec<String> = report.affected.iter().map(u64::to_string).collect();
    let mut parts = Vec::new();
    if !report.missing.is_empty() {
        parts.push(format!("{} objects are missing", report.missing.len()));
    }
    if let Some((name, why)) = report.damaged.first() {
        parts.push(format!("{} objects are damaged, such as {name}: {why}", report.damaged.len()));
    }
    if let Some((number, why)) = report.unreadable.first_key_value() {
        parts.push(format!("{} entries cannot be read, such as {number}: {why}", report.unreadable.len()));
    }
    if !affected.is_empty() {
        parts.push(format!("backups {} do not restore", affected.join(", ")));
    }
    if report.noted {
        parts.push("the next backup writes anew what is still there".to_owned());
    }
    parts.join("; ")
}
