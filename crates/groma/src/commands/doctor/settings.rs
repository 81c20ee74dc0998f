//! The configuration file and the environment.

use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;

use super::finding::Finding;
use crate::output::quoted;
use crate::settings::{KEYS, Settings};

/// Variables that are no setting's.
const OTHER_VARIABLES: &[&str] = &["GROMA_CONFIG"];

/// Whether there is a configuration file that nobody else can change; one that is not valid ends every command before
/// it begins.
pub(super) fn configuration(settings: &Settings) -> Finding {
    const CHECK: &str = "configuration";
    let path = &settings.config_path;
    let shown = path.display();
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(_) => return Finding::ok(CHECK, format!("{shown} does not exist: defaults are in force")),
    };
    let (mode, owner) = (metadata.mode() & 0o777, metadata.uid());
    let me = rustix::process::geteuid().as_raw();
    if owner != me && owner != 0 {
        let found = format!("{shown} belongs to user {owner}, who decides by it what this Groma does");
        return Finding::warning(CHECK, found, format!("sudo chown {me} {}", quoted(path)));
    }
    if mode & 0o022 != 0 {
        let found = format!("{shown} can be changed by others (mode {mode:o})");
        return Finding::warning(CHECK, found, format!("chmod go-w {}", quoted(path)));
    }
    Finding::ok(CHECK, format!("{shown} is valid"))
}

/// Whether every variable that looks like ours is one.
pub(super) fn environment(variables: impl Iterator<Item = (OsString, OsString)>) -> Finding {
    const CHECK: &str = "environment";
    let known: Vec<String> = KEYS
        .iter()
        .map(|key| key.variable())
        .chain(OTHER_VARIABLES.iter().map(ToString::to_string))
        .collect();
    let names = variables.filter_map(|(name, _)| name.into_string().ok());
    let (mut set, mut unknown): (Vec<String>, Vec<String>) =
        names.filter(|name| name.starts_with("GROMA_")).partition(|name| known.contains(name));
    set.sort();
    unknown.sort();
    if unknown.is_empty() {
        let found =
            if set.is_empty() { "sets nothing".to_owned() } else { format!("sets {}", set.join(", ")) };
        return Finding::ok(CHECK, found);
    }
    let advice: Vec<String> = unknown.iter().map(|name| instead(name, &known)).collect();
    let found = format!("{} is not a setting and does nothing", unknown.join(", "));
    Finding::warning(CHECK, found, advice.join("; "))
}

fn instead(name: &str, known: &[String]) -> String {
    let nearest = known
        .iter()
        .map(|known| (strsim::jaro_winkler(own_part(known), own_part(name)), known))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness > 0.85);
    match nearest {
        Some((_, known)) => format!("did you mean {known} in place of {name}?"),
        None => format!("unset {name}; `groma config reference` lists what there is"),
    }
}

/// Leaves out what all of them begin with: it likens everything to everything.
fn own_part(variable: &str) -> &str {
    variable.strip_prefix("GROMA_").unwrap_or(variable)
}
