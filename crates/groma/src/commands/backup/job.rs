//! Jobs on backups: started, watched to their end, stopped.

use std::sync::Arc;

use groma_api::{ApiError, Backend, BackupOutcome, BackupSettings, ErrorCode};

use crate::commands::work;
use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::duration::display_ms;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Stop;
use crate::output::{Format, Sheet, optional, say};
use crate::watch::job::{self, Progress, Told, Watched};

/// Starts a job and watches it to its end, or leaves it to a process that stays.
///
/// # Errors
/// When it cannot be started, or does not do what it was to do.
pub(super) async fn start(
    cx: &Context,
    kind: &str,
    detach: bool,
    ask: impl AsyncFnOnce(Arc<dyn Backend>) -> Result<BackupSettings, ApiError>,
) -> Result<(), Failure> {
    let connection = if detach { work::staying(cx).await? } else { cx.connect(Purpose::Brief).await? };
    let done = Box::pin(async {
        let settings = connection.backend().backup_settings_get().await?;
        if settings.target.is_none() {
            return Err(Failure::new(ErrorCode::Conflict, "it is not settled where backups go")
                .hint("settle that with `groma backup target local PATH` or `groma backup target s3`"));
        }
        let before = last(&settings, kind);
        let started = match ask(connection.backend()).await {
            Err(error) if error.code == ErrorCode::Conflict => {
                return Err(Failure::from(error).hint("`groma backup status --wait` watches what runs"));
            }
            answer => answer?,
        };
        if detach {
            super::print(cx, &started)?;
            say("watch it with: groma backup status --wait");
            return Ok(());
        }
        watch(cx, &connection, kind, before).await
    })
    .await;
    connection.close().await;
    done
}

/// Watches the job that runs, if one does; returns whether one did.
///
/// # Errors
/// When it does not do what it was to do.
pub(super) async fn wait(cx: &Context, connection: &Connection) -> Result<bool, Failure> {
    let settings = connection.backend().backup_settings_get().await?;
    let Some(running) = &settings.running else { return Ok(false) };
    let (kind, before) = (running.kind.clone(), last(&settings, &running.kind));
    watch(cx, connection, &kind, before).await?;
    Ok(true)
}

/// Returns how the last job of a kind ended.
fn last(settings: &BackupSettings, kind: &str) -> Option<BackupOutcome> {
    settings.outcomes.iter().find(|outcome| outcome.kind == kind).cloned()
}

/// Watches a job until it has ended otherwise than the one `before` it did.
async fn watch(
    cx: &Context,
    connection: &Connection,
    kind: &str,
    before: Option<BackupOutcome>,
) -> Result<(), Failure> {
    let ask = async |backend: Arc<dyn Backend>| {
        let settings = backend.backup_settings_get().await?;
        match &settings.running {
            Some(running) if running.kind == kind => Ok(Told::Running(Progress {
                phase: running.phase.clone(),
                bytes: running.bytes,
                bytes_total: running.bytes_total,
                bytes_per_second: Some(running.bytes_per_second),
            })),
            _ => Ok(Told::Ended(last(&settings, kind).filter(|end| Some(end) != before.as_ref()))),
        }
    };
    let end = match job::job(cx, connection, true, ask).await? {
        Watched::Ended(end) => end,
        Watched::Stopped(Stop::Terminate) => {
            say(if connection.holder().is_some() {
                "stopping with what was done so far kept, for no server runs that would go on"
            } else {
                "it goes on in the server; watch it with: groma backup status --wait"
            });
            return Err(Failure::Ended(Exit::INTERRUPTED));
        }
        Watched::Stopped(Stop::Interrupt) => {
            say("stopping (Ctrl-C again ends at once)");
            cancel(connection).await?;
            match job::job(cx, connection, false, ask).await? {
                Watched::Ended(end) => end,
                Watched::Stopped(_) => None,
            }
        }
    };
    print(cx, kind, end)
}

async fn cancel(connection: &Connection) -> Result<(), Failure> {
    loop {
        match connection.backend().backup_cancel().await {
            Ok(_) => return Ok(()),
            // It may just have ended by itself.
            Err(error) if error.code == ErrorCode::Conflict => return Ok(()),
            Err(error) if error.code == ErrorCode::Unavailable => connection.reopen().await?,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Prints how a job ended; a failure is told once, by the error, where people read.
fn print(cx: &Context, kind: &str, end: Option<BackupOutcome>) -> Result<(), Failure> {
    let Some(end) = end else {
        return Err(Failure::new(ErrorCode::Interrupted, format!("the job on backups ({kind}) broke off"))
            .hint("start it again: what was stored is not stored twice"));
    };
    let out = cx.out();
    if end.success || out.format != Format::Table {
        out.print_one(&end, || {
            Sheet::of_fields(vec![
                ("job", end.kind.clone()),
                ("backup", optional(end.backup)),
                ("took", display_ms(end.duration_ms)),
                ("found", end.message.clone()),
            ])
        })?;
    }
    match end.success {
        true => Ok(()),
        false => Err(Failure::new(ErrorCode::TaskFailed, format!("backup {kind}: {}", end.message))),
    }
}
