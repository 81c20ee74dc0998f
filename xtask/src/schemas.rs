//! `cargo xtask schemas`: the documents that are generated from the code and committed, and the event schemas that were
//! released.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::shell::{Done, cargo, root, run, say, target};
use crate::web;

/// OpenAPI, AsyncAPI, the page's types and the events' schemas, from the types of the code
#[derive(Debug, Args)]
pub(crate) struct Schemas {
    /// Write nothing; fail if what is committed is stale, or breaks readers of released schemas
    #[arg(long, conflicts_with = "release")]
    check: bool,
    /// Also make the events' schemas the released ones; fails if that would break readers of those before
    #[arg(long)]
    release: bool,
}

/// The committed documents, relative to the workspace, and what they are called where they are generated.
const DOCUMENTS: &[(&str, &str)] = &[
    ("web/openapi.json", "openapi.json"),
    ("web/asyncapi.json", "asyncapi.json"),
    ("web/src/api/schema.ts", "schema.ts"),
    ("crates/execution/schemas/event.json", "execution/event.json"),
    ("crates/execution/schemas/plan.json", "execution/plan.json"),
    ("crates/execution/schemas/request.json", "execution/request.json"),
    ("crates/execution/schemas/result.json", "execution/result.json"),
    ("crates/execution/schemas/status.json", "execution/status.json"),
];
/// One file per type, as it was released last.
const RELEASED: &str = "schemas/released";

impl Schemas {
    pub(crate) fn run(self) -> Done {
        if self.check {
            return check();
        }
        let fresh = generate()?;
        for (committed, generated) in DOCUMENTS {
            copy(&fresh.join(generated), &root().join(committed))?;
        }
        if self.release { release(&fresh) } else { Ok(()) }
    }
}

/// Generates the documents aside and compares them with the committed ones.
///
/// # Errors
/// When one differs or cannot be generated, or a released schema is broken.
pub(crate) fn check() -> Done {
    let fresh = generate()?;
    let mut stale = Vec::new();
    for (committed, generated) in DOCUMENTS {
        if read(&fresh.join(generated))? != std::fs::read(root().join(committed)).unwrap_or_default() {
            stale.push(*committed);
        }
    }
    if stale.is_empty() {
        say("schemas: what is committed is what the code says, and no reader of a released schema is broken");
        return Ok(());
    }
    Err(format!("stale: {}; `cargo xtask schemas` writes them anew", stale.join(", ")))
}

/// Makes the fresh schemas the released ones; they were compared when they were generated.
fn release(fresh: &Path) -> Done {
    let folder = fresh.join("schemas");
    let entries = std::fs::read_dir(&folder);
    let entries = entries.map_err(|error| format!("could not list {}: {error}", folder.display()))?;
    let mut count = 0;
    for entry in entries {
        let entry = entry.map_err(|error| format!("could not list {}: {error}", folder.display()))?;
        copy(&entry.path(), &root().join(RELEASED).join(entry.file_name()))?;
        count += 1;
    }
    say(&format!("schemas: {count} released"));
    Ok(())
}

/// Generates everything into a folder of its own, which is returned.
fn generate() -> Done<PathBuf> {
    web::install()?;
    let fresh = target().join("xtask-schemas");
    // What an earlier run left must not be taken for what this one made.
    let _ = std::fs::remove_dir_all(&fresh);
    make_folder(&fresh)?;
    let released = root().join(RELEASED);
    make_folder(&released)?;
    let (folder, released) = (fresh.to_string_lossy(), released.to_string_lossy());
    run(&mut cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--package",
        "groma-api",
        "--example",
        "documents",
        "--",
        &folder,
        &released,
    ]))
    .map_err(|why| {
        format!("{why}; what is listed above breaks readers: such a change needs a new event type")
    })?;
    let execution = fresh.join("execution");
    let package = "groma-execution-types";
    let example = ["--features", "schema", "--example", "schemas", "--", &execution.to_string_lossy()];
    run(cargo(&["run", "--quiet", "--locked", "--package", package]).args(example))?;
    let (from, to) = (fresh.join("openapi.json"), fresh.join("schema.ts"));
    let (from, to) = (from.to_string_lossy(), to.to_string_lossy());
    run(&mut web::npm(&[
        "exec",
        "--no",
        "--",
        "openapi-typescript",
        &from,
        "--output",
        &to,
        "--alphabetize",
    ]))?;
    Ok(fresh)
}

fn read(path: &Path) -> Done<Vec<u8>> {
    std::fs::read(path).map_err(|error| format!("could not read {}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Done {
    let bytes = read(from)?;
    if let Some(folder) = to.parent() {
        make_folder(folder)?;
    }
    std::fs::write(to, bytes).map_err(|error| format!("could not write {}: {error}", to.display()))
}

fn make_folder(folder: &Path) -> Done {
    std::fs::create_dir_all(folder).map_err(|error| format!("could not make {}: {error}", folder.display()))
}
