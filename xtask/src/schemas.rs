//! `cargo xtask schemas`: the documents that are generated from the code and committed.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::shell::{Done, cargo, output, root, run, say, target};
use crate::web;

/// The OpenAPI document and the page's types, from the table of operations
#[derive(Debug, Args)]
pub(crate) struct Schemas {
    /// Write nothing; fail if what is committed is stale
    #[arg(long)]
    check: bool,
}

/// The committed documents, relative to the workspace.
const OPENAPI: &str = "web/openapi.json";
const TYPES: &str = "web/src/api/schema.ts";

impl Schemas {
    pub(crate) fn run(self) -> Done {
        web::install()?;
        if !self.check {
            return generate(&root().join(OPENAPI), &root().join(TYPES));
        }
        check()
    }
}

/// Generates the documents aside and compares them with the committed ones.
///
/// # Errors
/// When one differs, or cannot be generated.
pub(crate) fn check() -> Done {
    web::install()?;
    let aside = target().join("xtask-schemas");
    let fresh: [PathBuf; 2] = [aside.join("openapi.json"), aside.join("schema.ts")];
    generate(&fresh[0], &fresh[1])?;
    let mut stale = Vec::new();
    for (fresh, committed) in fresh.iter().zip([OPENAPI, TYPES]) {
        if read(fresh)? != std::fs::read(root().join(committed)).unwrap_or_default() {
            stale.push(committed);
        }
    }
    if stale.is_empty() {
        say("schemas: what is committed is what the code says");
        return Ok(());
    }
    Err(format!("stale: {}; `cargo xtask schemas` writes them anew", stale.join(", ")))
}

fn generate(openapi: &Path, types: &Path) -> Done {
    let document = output(&mut cargo(&[
        "run",
        "--quiet",
        "--locked",
        "--package",
        "groma-api",
        "--example",
        "openapi",
    ]))?;
    write(openapi, &document)?;
    let (from, to) = (openapi.to_string_lossy(), types.to_string_lossy());
    make_parent(types)?;
    run(&mut web::npm(&["exec", "--no", "--", "openapi-typescript", &from, "--output", &to, "--alphabetize"]))
}

fn read(path: &Path) -> Done<Vec<u8>> {
    std::fs::read(path).map_err(|error| format!("could not read {}: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Done {
    make_parent(path)?;
    std::fs::write(path, bytes).map_err(|error| format!("could not write {}: {error}", path.display()))
}

fn make_parent(path: &Path) -> Done {
    let Some(folder) = path.parent() else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|error| format!("could not make {}: {error}", folder.display()))
}
