//! `groma backup restore`: done by this process, without whoever holds a data folder.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use groma_api::{BackupTarget, ErrorCode};
use groma_app::{RestoreRequest, RestoreStep, RestoreWhich, Restored, Unlock};
use groma_model::Timestamp;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::target::{Place, folder, with_secret};
use crate::context::Context;
use crate::duration;
use crate::failure::Failure;
use crate::output::{Sheet, moment, optional, say};
use crate::secret;
use crate::size;
use crate::watch::job::{Bar, Progress};

/// How often progress is shown.
const SHOWN_EVERY: Duration = Duration::from_millis(200);

/// Restore a backup to a folder that no process holds: the newest, unless told otherwise
///
/// It is put together beside the folder, compared, and swapped in at the very end: until then the folder is as it was. An
/// interrupted restore goes on where it was. The keys come with the backup, and open by what opens the data folder: a key
/// file, a passphrase, the recovery key.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup's number
    number: Option<u64>,
    /// The newest backup as of then: 2026-11-21T15:04:05Z, or how long ago, such as 7d
    #[arg(long, value_name = "TIME", value_parser = duration::since, conflicts_with = "number")]
    at: Option<Timestamp>,
    /// The folder to restore to
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Replace the folder if it is not empty; what was in it is kept beside it
    #[arg(long)]
    replace: bool,
    /// Replace it even if its history is newer than the backup's
    #[arg(long, requires = "replace")]
    over_newer: bool,
    /// The folder with the backups; without it and --bucket, where the data folder's backups go
    #[arg(long, value_name = "DIR", conflicts_with = "bucket")]
    from: Option<PathBuf>,
    /// The bucket with the backups
    #[arg(long)]
    bucket: Option<String>,
    #[command(flatten)]
    place: Place,
    /// A file whose first line is the recovery key, which opens the backup in place of what opens the data folder
    #[arg(long, value_name = "FILE")]
    recovery_key_file: Option<PathBuf>,
}

impl Restore {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let unlock = match &self.recovery_key_file {
            Some(path) => Unlock::Recovery(secret::first_line("the recovery key", path)?),
            None => cx.settings.unlock()?,
        };
        let which = match (self.number, self.at) {
            (Some(number), _) => RestoreWhich::Number(number),
            (None, Some(at)) => RestoreWhich::At(at),
            (None, None) => RestoreWhich::Newest,
        };
        let (into, replace, over_newer) = (self.to.clone(), self.replace, self.over_newer);
        let from = self.source(cx).await?;
        let request = RestoreRequest { from, which, into, replace, over_newer };
        let restored = Box::pin(watched(cx, request, &unlock)).await?;
        cx.out().print_one(&restored, || sheet(&restored))?;
        say(format!("look at it with: groma status --data-dir {}", restored.folder.display()));
        Ok(())
    }

    /// Returns where the backups are.
    async fn source(self, cx: &Context) -> Result<BackupTarget, Failure> {
        match (self.from, self.bucket) {
            (Some(path), _) => return folder(&path),
            (None, Some(bucket)) => return self.place.bucket(bucket),
            (None, None) => {}
        }
        let nowhere = || {
            Failure::usage("nothing says where the backups are")
                .hint("name their folder with --from, or their bucket with --bucket")
        };
        // Asking would make a data folder where there is none.
        if !cx.settings.data_dir.is_dir() {
            return Err(nowhere());
        }
        let settings = cx.read(async |backend| backend.backup_settings_get().await).await?;
        with_secret(settings.target.ok_or_else(nowhere)?)
    }
}

/// Restores, shows how far that is, and calls it off at the first request to stop.
async fn watched(cx: &Context, request: RestoreRequest, unlock: &Unlock) -> Result<Restored, Failure> {
    cx.interrupts.handle();
    let cancel = CancellationToken::new();
    let progress = Arc::new(Mutex::new(None));
    let told = Arc::clone(&progress);
    let tell = move |step: RestoreStep| {
        *told.lock() = Some(Progress {
            phase: step.phase.to_owned(),
            bytes: step.bytes,
            bytes_total: step.bytes_total,
            bytes_per_second: Some(step.bytes_per_second),
        });
    };
    let mut bar = Bar::new();
    let mut stop = std::pin::pin!(cx.interrupts.first());
    let mut work = Box::pin(groma_app::restore(request, unlock, tell, &cancel));
    loop {
        tokio::select! {
            done = &mut work => return done.map_err(refused),
            _ = &mut stop, if !cancel.is_cancelled() => {
                say("stopping; what was fetched is kept for the next restore (Ctrl-C again ends at once)");
                cancel.cancel();
            }
            () = tokio::time::sleep(SHOWN_EVERY) => {
                if let Some(progress) = progress.lock().take() {
                    bar.show(&progress);
                }
            }
        }
    }
}

fn refused(error: groma_api::ApiError) -> Failure {
    let hint = match error.code {
        ErrorCode::Cancelled => Some("the same command goes on where it was"),
        ErrorCode::NotFound => Some("`groma backup list` shows what there is where backups go"),
        ErrorCode::Forbidden => {
            Some("name what opens it: --key-file, --passphrase-file or --recovery-key-file")
        }
        _ => None,
    };
    match hint {
        Some(hint) => Failure::from(error).hint(hint),
        None => error.into(),
    }
}

fn sheet(restored: &Restored) -> Sheet {
    Sheet::of_fields(vec![
        ("backup", restored.backup.to_string()),
        ("as of", moment(restored.created_at)),
        ("folder", restored.folder.display().to_string()),
        ("size", size::display(restored.bytes)),
        ("fetched", size::display(restored.bytes_fetched)),
        ("files", restored.files.to_string()),
        ("things", optional(restored.things)),
        ("made by version", restored.version.clone()),
        ("what was there before", optional(restored.previous.as_ref().map(|path| path.display()))),
    ])
}
