//! `cargo xtask licences`: every dependency's licence is one that `deny.toml` allows.

mod expression;

use std::collections::BTreeMap;

use cargo_metadata::MetadataCommand;

use crate::shell::{Done, root, say};

/// Checks the licences of everything that the lock file names, for every platform.
///
/// # Errors
/// When a package has a licence that is not allowed, or names none.
pub(crate) fn check() -> Done {
    let path = root().join("deny.toml");
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("could not read deny.toml: {error}"))?;
    let allowed = allow_list(&text).ok_or("deny.toml has no list `allow = […]`")?;
    let metadata = MetadataCommand::new().manifest_path(root().join("Cargo.toml")).exec();
    let metadata = metadata.map_err(|error| format!("could not read the dependencies: {error}"))?;
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let others = metadata.packages.iter().filter(|package| package.source.is_some());
    let mut count = 0;
    for package in others {
        count += 1;
        let licence = package.license.clone().unwrap_or_else(|| "none named".to_owned());
        if expression::satisfied(&licence, &|name| allowed.iter().any(|allowed| allowed == name))
            != Some(true)
        {
            refused.entry(licence).or_default().push(package.name.to_string());
        }
    }
    if refused.is_empty() {
        say(&format!("licences: {count} dependencies, all allowed by deny.toml"));
        return Ok(());
    }
    let lines: Vec<String> =
        refused.iter().map(|(licence, names)| format!("{licence}: {}", names.join(", "))).collect();
    Err(format!("licences that deny.toml does not allow:\n  {}", lines.join("\n  ")))
}

/// Reads the strings of `allow = [ … ]`, which is all of TOML that is needed here.
fn allow_list(text: &str) -> Option<Vec<String>> {
    let (_, rest) = text.split_once("\nallow = [")?;
    let (list, _) = rest.split_once(']')?;
    Some(list.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests;
