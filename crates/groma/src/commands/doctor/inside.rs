//! What is in the folder: by the process that holds it, or, if nobody does, as it lies there.

use std::time::Duration;

use groma_api::ErrorCode;
use groma_app::{Examination, Examined, Free, KeyringError};
use groma_model::{Clock, SystemClock, Timestamp};
use tokio::time::Instant;

use super::finding::Finding;
use super::{holder, keys, system};
use crate::settings::Settings;

/// How long to try while one holder ends and the next begins.
const HANDOVER_MAX: Duration = Duration::from_secs(5);
const HANDOVER_PAUSE: Duration = Duration::from_millis(50);

/// Looks into the folder without taking it.
pub(super) async fn findings(settings: &Settings) -> Vec<Finding> {
    let unlock = match settings.unlock() {
        Ok(unlock) => unlock,
        Err(failure) => return vec![Finding::failed("keys", failure)],
    };
    let give_up = Instant::now() + HANDOVER_MAX;
    loop {
        let (folder, unlock) = (settings.data_dir.clone(), unlock.clone());
        // The whole database is read.
        match groma_app::apart("examine", move || groma_app::examine(&folder, &unlock)).await {
            Ok(Ok(Examination::Unused)) => {
                return vec![
                    Finding::ok("holder", "nobody: there is nothing yet"),
                    system::clock(SystemClock.now(), None, ""),
                ];
            }
            Ok(Ok(Examination::Held { pid, version, socket })) => {
                let error = match crate::holder::ask(&socket).await {
                    Ok(backend) => return holder::findings(settings, pid, backend.as_ref()).await,
                    Err(error) => error,
                };
                if error.code != ErrorCode::Unavailable || Instant::now() >= give_up {
                    return vec![holder::unreachable(pid, version.as_deref(), &error)];
                }
            }
            Ok(Ok(Examination::Free(free))) => return at_rest(settings, free),
            Ok(Ok(Examination::Changed)) if Instant::now() >= give_up => {
                let found = "the data folder changes hands all the time, so nothing was looked at";
                return vec![Finding::warning("holder", found, "run `groma doctor` again in a moment")];
            }
            Ok(Ok(Examination::Changed)) => {}
            Ok(Err(error)) => {
                let found = format!("{} cannot be looked at: {error}", settings.data_dir.display());
                return vec![Finding::error("holder", found, "run doctor as the folder's owner")];
            }
            Err(error) => {
                let found = format!("the check could not be run: {error}");
                return vec![Finding::error(
                    "holder",
                    found,
                    "look at the limits of this user (`ulimit -u`)",
                )];
            }
        }
        tokio::time::sleep(HANDOVER_PAUSE).await;
    }
}

/// Tells what lies in a folder that nobody holds.
fn at_rest(settings: &Settings, free: Free) -> Vec<Finding> {
    let mut findings = vec![Finding::ok("holder", "nobody holds the folder")];
    let written = match &free.database {
        Ok(Some(examined)) => examined.written_at,
        _ => None,
    };
    findings.push(match free.database {
        Ok(Some(examined)) => database(&examined),
        Ok(None) => Finding::ok("database", "there is none yet"),
        Err(error) => Finding::error(
            "database",
            format!("it cannot be read: {error}"),
            "look at the disk (`dmesg`), and at who may read the file",
        ),
    });
    match free.keys {
        Some(Ok(slots)) => {
            let slots: Vec<keys::Slot> = slots
                .into_iter()
                .map(|slot| keys::Slot { kind: slot.kind.to_owned(), place: slot.place, used: slot.used })
                .collect();
            findings.extend(keys::findings(&settings.data_dir, &slots, &[]));
        }
        Some(Err(error)) => findings.push(locked(&error)),
        None => {}
    }
    let written = written.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let written = written.and_then(|since| i64::try_from(since.as_micros()).ok()).map(Timestamp::from_micros);
    findings.push(system::clock(SystemClock.now(), written, "the last change of the database"));
    findings.push(Finding::skipped(
        "retention, webhooks",
        "told by a process that holds the folder: run doctor again beside `groma serve`",
    ));
    findings
}

/// Whether the file is sound and of a form that this version knows.
pub(super) fn database(examined: &Examined) -> Finding {
    const CHECK: &str = "database";
    let mib = examined.bytes.div_ceil(1 << 20);
    if let Some(damage) = &examined.damage {
        // SQLite tells one fault per line.
        let damage = damage.lines().next().unwrap_or_default();
        return Finding::error(
            CHECK,
            format!("{} is damaged: {damage}", examined.path.display()),
            "copy the whole data folder first; then restore a backup. If you start Groma as it is, a damaged file is set \
             aside and a new history begins",
        );
    }
    if examined.schema > examined.schema_known {
        let found = format!(
            "a later version of Groma wrote it (schema {}, this one knows {})",
            examined.schema, examined.schema_known
        );
        return Finding::error(CHECK, found, "install that version; nothing is changed until then");
    }
    let mut found = format!("read through and sound: {mib} MiB, schema {}", examined.schema);
    if examined.schema < examined.schema_known {
        found.push_str(&format!(" (the next start brings it to {})", examined.schema_known));
    }
    if examined.wal_bytes > 0 {
        found.push_str("; the last process was killed: the next start takes up what it left");
    }
    Finding::ok(CHECK, found)
}

/// Tells that the keys do not open.
fn locked(error: &KeyringError) -> Finding {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let part = error.to_string();
        if !text.ends_with(&part) {
            text = format!("{text}: {part}");
        }
        cause = error.source();
    }
    let advice = "without a key the data cannot be read: bring back what opens it, or its backup";
    Finding::error("keys", text, advice)
}
