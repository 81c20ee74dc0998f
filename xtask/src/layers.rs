//! `cargo xtask layers`: dependencies between the crates point down, and engines know nothing of each other.

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

use crate::shell::{Done, root, say};

/// The floors of the house, from the ground up. A crate may use what is on the floors that its own floor names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Floor {
    /// Words: no I/O.
    Words,
    /// The one file, keys.
    Ground,
    /// Events, things, tasks.
    Spine,
    /// One per domain.
    Engine,
    /// The wiring.
    App,
    /// Ways in and out.
    Edge,
    /// What people and programs start.
    Face,
    /// Outside the house: may use anything, nothing may use it.
    Tool,
}

use Floor::{App, Edge, Engine, Face, Ground, Spine, Tool, Words};

/// Where each crate lives, and which others on its own floor it may use.
const CRATES: &[(&str, Floor, &[&str])] = &[
    ("groma-model", Words, &[]),
    ("groma-execution-types", Words, &[]),
    ("groma-api", Words, &["groma-model", "groma-execution-types"]),
    ("groma-database", Ground, &[]),
    ("groma-seal", Ground, &[]),
    ("groma-embedding", Ground, &[]),
    ("groma-backup", Spine, &[]),
    ("groma-journal", Spine, &[]),
    ("groma-search", Spine, &[]),
    ("groma-inventory", Spine, &["groma-journal", "groma-search"]),
    ("groma-task", Spine, &[]),
    ("groma-webhook", Spine, &["groma-journal"]),
    ("groma-network", Engine, &[]),
    ("groma-aws", Engine, &[]),
    ("groma-estate", Engine, &["groma-aws"]),
    ("groma-libvirt", Engine, &[]),
    ("groma-vm", Engine, &["groma-libvirt"]),
    ("groma-execution", Engine, &[]),
    ("groma-assistant", Engine, &[]),
    ("groma-correlate", Engine, &[]),
    ("groma-app", App, &[]),
    ("groma-http", Edge, &[]),
    ("groma-client", Edge, &[]),
    ("groma", Face, &[]),
    ("groma-desktop", Face, &[]),
    ("groma-bench", Tool, &[]),
    ("groma-fuzz", Tool, &[]),
    ("xtask", Tool, &[]),
];

/// What is allowed of the spine to an engine: the lifecycle of its tasks. It stores nothing by itself.
const SPINE_OF_ENGINES: &str = "groma-task";

/// Checks every dependency of the workspace's crates on each other; those of tests are free.
///
/// # Errors
/// When one points up or sideways, or a crate has no place in the table.
pub(crate) fn check() -> Done {
    let manifest = root().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec();
    let metadata = metadata.map_err(|error| format!("could not read the workspace: {error}"))?;
    let members = metadata.workspace_packages();
    let mut faults = Vec::new();
    let mut arrows = 0;
    for package in &members {
        for other in uses(package, &members) {
            arrows += 1;
            faults.extend(fault(&package.name, &other));
        }
    }
    if faults.is_empty() {
        say(&format!("layers: {arrows} dependencies between {} crates point down", members.len()));
        return Ok(());
    }
    Err(format!("dependencies that the layers forbid:\n  {}", faults.join("\n  ")))
}

fn uses(package: &Package, members: &[&Package]) -> Vec<String> {
    let built =
        package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    let own = built.filter(|dependency| members.iter().any(|member| *member.name == dependency.name));
    own.map(|dependency| dependency.name.clone()).collect()
}

/// Returns what is wrong with one crate's use of another.
fn fault(user: &str, used: &str) -> Option<String> {
    let place = |name: &str| CRATES.iter().find(|(known, _, _)| *known == name);
    let (Some((_, floor, siblings)), Some((_, below, _))) = (place(user), place(used)) else {
        return Some(format!(
            "{user} → {used}: one of them has no floor; give it one in xtask/src/layers.rs"
        ));
    };
    let allowed = match floor {
        Words => siblings.contains(&used),
        Ground => *below == Words,
        Spine => matches!(below, Words | Ground) || siblings.contains(&used),
        Engine => *below == Words || used == SPINE_OF_ENGINES || siblings.contains(&used),
        App => matches!(below, Words | Ground | Spine | Engine),
        Edge => *below == Words,
        Face => matches!(below, Words | App | Edge),
        Tool => *below != Tool,
    };
    (!allowed).then(|| format!("{user} ({floor:?}) → {used} ({below:?})"))
}

#[cfg(test)]
mod tests;
