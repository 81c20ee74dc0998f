//! The slots that open the folder, and the files that keep what opens them.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::finding::Finding;
use crate::output::quoted;

/// One way of opening the folder, whoever told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// `key_file`, `passphrase`, …
    pub(super) kind: String,
    /// Where what opens it is kept.
    pub(super) place: Option<String>,
    /// Whether the folder was opened by it.
    pub(super) used: bool,
}

/// Whether the folder can still be opened when one of its keepers is lost; what `advice` has been given already is
/// passed on.
pub(super) fn findings(data_dir: &Path, slots: &[Slot], advice: &[String]) -> Vec<Finding> {
    const CHECK: &str = "keys";
    let kinds: Vec<String> = slots
        .iter()
        .map(|slot| {
            let kind = slot.kind.replace('_', " ");
            let place = slot.place.as_ref().map_or_else(String::new, |place| format!(" ({place})"));
            let used = if slot.used { ", which opened it" } else { "" };
            format!("{kind}{place}{used}")
        })
        .collect();
    let found = format!("opened by: {}", kinds.join("; "));
    let recovery = slots.iter().any(|slot| slot.kind == "recovery");
    let mut all: Vec<String> = advice.to_vec();
    if all.is_empty() && !recovery {
        all.push(
            "`groma keys recovery` prints a recovery key: keep it away from this machine. Without it, what is kept is \
             lost together with what opens it now"
                .to_owned(),
        );
    }
    let mut findings = vec![if all.is_empty() {
        Finding::ok(CHECK, found)
    } else {
        Finding::warning(CHECK, found, all.join("; "))
    }];
    let files = slots.iter().filter(|slot| slot.kind == "key_file").filter_map(|slot| slot.place.as_ref());
    findings.extend(files.map(|path| key_file(data_dir, &PathBuf::from(path))));
    findings
}

/// Whether a key file is there, the owner's alone, and not with what it opens.
pub(super) fn key_file(data_dir: &Path, path: &Path) -> Finding {
    const CHECK: &str = "key file";
    let shown = path.display();
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => {
            let found = format!("{shown} cannot be read: {error}");
            let advice =
                "bring it back, or remove its slot: `groma keys status` shows the id for `groma keys remove`";
            return Finding::warning(CHECK, found, advice);
        }
    };
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        let found = format!("{shown} can be read or changed by others (mode {mode:o}), so it is refused");
        return Finding::error(CHECK, found, format!("chmod 600 {}", quoted(path)));
    }
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if real(path).starts_with(real(data_dir)) {
        let found = format!("{shown} is in the data folder: whoever copies the folder can read it");
        return Finding::warning(
            CHECK,
            found,
            "`groma keys migrate` to a key file elsewhere, then delete this one",
        );
    }
    Finding::ok(CHECK, format!("{shown} is its owner's alone (mode {mode:o})"))
}
