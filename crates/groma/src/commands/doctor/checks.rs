//! What `groma doctor` looks at.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use groma_api::{ErrorCode, PROTOCOL_VERSION};
use rustix::process::{Resource, getrlimit};

use super::Finding;
use crate::connection::{Connection, Purpose};
use crate::context::Context;
use crate::failure::Failure;
use crate::settings::Settings;

const DISK_ERROR_BELOW: u64 = 64 * 1024 * 1024;
const DISK_WARNING_BELOW: u64 = 1024 * 1024 * 1024;
/// Below this the descriptor limit decides how fast a scan is.
const DESCRIPTORS_WARNING_BELOW: u64 = 4096;

/// Whether there is a configuration file; one that is not valid ends every command before it begins.
pub(super) fn configuration(settings: &Settings) -> Finding {
    let path = settings.config_path.display();
    let found =
        if settings.config_path.exists() { "is valid" } else { "does not exist: defaults are in force" };
    Finding::ok("configuration", format!("{path} {found}"))
}

/// Whether the data folder is ours alone.
pub(super) fn folder(folder: &Path) -> Finding {
    const CHECK: &str = "data folder";
    let shown = folder.display();
    let metadata = match std::fs::metadata(folder) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Finding::ok(CHECK, format!("{shown} does not exist yet: the first command makes it"));
        }
        Err(error) => {
            let advice = "let the user who runs Groma read it, or name another folder with --data-dir";
            return Finding::error(CHECK, format!("{shown} cannot be read: {error}"), advice);
        }
    };
    let me = rustix::process::geteuid().as_raw();
    if !metadata.is_dir() {
        return Finding::error(CHECK, format!("{shown} is not a folder"), "move it away, or use --data-dir");
    }
    if metadata.uid() != me {
        let found = format!("{shown} belongs to user {}, this is user {me}", metadata.uid());
        return Finding::error(
            CHECK,
            found,
            "run Groma as its owner, or use a folder of your own with --data-dir",
        );
    }
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        let found = format!("{shown} can be entered by others (mode {mode:o})");
        return Finding::warning(CHECK, found, format!("chmod 700 {shown}"));
    }
    Finding::ok(CHECK, format!("{shown} is yours alone (mode {mode:o})"))
}

/// Whether there is room to write.
pub(super) fn disk(folder: &Path) -> Finding {
    const CHECK: &str = "disk space";
    let existing = folder.ancestors().find(|path| path.exists()).unwrap_or(folder);
    let free = match rustix::fs::statvfs(existing) {
        Ok(stat) => stat.f_bavail.saturating_mul(stat.f_frsize),
        Err(error) => {
            let found = format!("the free space at {} cannot be told: {error}", existing.display());
            return Finding::warning(CHECK, found, "look with df");
        }
    };
    let found = format!("{} MiB are free at {}", free / 1024 / 1024, existing.display());
    if free < DISK_ERROR_BELOW {
        Finding::error(CHECK, found, "make room: Groma stops writing when the disk is full")
    } else if free < DISK_WARNING_BELOW {
        Finding::warning(CHECK, found, "make room before a large scan")
    } else {
        Finding::ok(CHECK, found)
    }
}

/// Whether a scan may open enough connections at once.
pub(super) fn descriptors() -> Finding {
    const CHECK: &str = "descriptor limit";
    let limit = getrlimit(Resource::Nofile);
    // No limit at all is the largest one.
    let (soft, hard) = (limit.current.unwrap_or(u64::MAX), limit.maximum.unwrap_or(u64::MAX));
    let found = format!("{soft} now, up to {hard}; scans raise it by themselves");
    if hard < DESCRIPTORS_WARNING_BELOW {
        return Finding::warning(CHECK, found, "raise the hard limit (ulimit -Hn) for faster scans");
    }
    Finding::ok(CHECK, found)
}

/// Who holds the folder, of which version, and whether storage and keys work.
pub(super) async fn holder(cx: &Context) -> Vec<Finding> {
    let connection = match cx.connect(Purpose::Brief).await {
        Ok(connection) => connection,
        Err(failure) => return vec![refused(failure)],
    };
    let findings = ask(&connection).await;
    connection.close().await;
    findings
}

async fn ask(connection: &Connection) -> Vec<Finding> {
    let who = match connection.holder() {
        Some(_) => "nobody held the folder; this command did for a moment",
        None => "another process holds the folder and answers",
    };
    let mut findings = vec![Finding::ok("holder", who)];
    match connection.backend().version().await {
        Ok(version) if version.version == env!("CARGO_PKG_VERSION") => {
            let found = format!("{} speaking protocol {PROTOCOL_VERSION} on both sides", version.version);
            findings.push(Finding::ok("version", found));
        }
        Ok(version) => {
            let found = format!("the holder is {}, this is {}", version.version, env!("CARGO_PKG_VERSION"));
            findings.push(Finding::warning("version", found, "restart the older one when it suits you"));
        }
        Err(error) => findings.push(refused(error.into())),
    }
    findings.push(match connection.backend().summary().await {
        Ok(_) => {
            let keepers = connection.holder().map(|holder| holder.key_slots().join(", "));
            let keepers = keepers.map_or_else(String::new, |keepers| format!("; opened by: {keepers}"));
            Finding::ok("storage and key", format!("the file is read and its contents are unsealed{keepers}"))
        }
        Err(error) => refused(error.into()),
    });
    findings
}

fn refused(failure: Failure) -> Finding {
    let check = match failure.code() {
        Some(ErrorCode::StorageFailed) => "storage and key",
        Some(ErrorCode::VersionMismatch) => "version",
        _ => "holder",
    };
    match failure {
        Failure::Refused { error, hint } => Finding::error(
            check,
            error.detail,
            hint.unwrap_or_else(|| "mend what the message names".to_owned()),
        ),
        Failure::Ended(_) | Failure::ReaderGone => Finding::error(check, "the check was ended", "try again"),
    }
}
