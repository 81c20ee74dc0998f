//! `cargo xtask oracles`: implementations by other people judge what we say on the wire.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::install;
use crate::shell::{Done, cargo, command, root, run, target};

/// Have foreign implementations judge a running server
#[derive(Debug, Args)]
pub(crate) struct Oracles {
    /// Only these judges: schemas, streams, events, webhooks
    judges: Vec<String>,
}

impl Oracles {
    pub(crate) fn run(self) -> Done {
        judge(&self.judges)
    }
}

/// Runs all of them.
///
/// # Errors
/// When one objects, or what they need cannot be had.
pub(crate) fn all() -> Done {
    judge(&[])
}

fn judge(judges: &[String]) -> Done {
    install::for_tests()?;
    let python = environment(&target().join("oracles"), "tests/oracles/requirements.txt")?;
    run(&mut cargo(&["build", "--locked", "--package", "groma"]))?;
    // Nothing but loopback is there: what judges make up reaches nobody.
    let mut judge = command("unshare", &["--net"]);
    if !install::is_root() {
        judge.args(["--user", "--map-root-user"]);
    }
    judge.arg(python).arg(root().join("tests/oracles")).args(judges);
    judge.env("GROMA_BIN", target().join("debug/groma")).env("PYTHONDONTWRITEBYTECODE", "1");
    run(&mut judge)
}

/// Makes a Python environment in a folder with what a file of the repository requires; returns its interpreter.
///
/// # Errors
/// When Python is missing, or a package cannot be had.
pub(crate) fn environment(folder: &Path, requirements: &str) -> Done<PathBuf> {
    let python = folder.join("bin/python");
    let wanted = root().join(requirements);
    let installed = folder.join("requirements.txt");
    if python.is_file() && same(&wanted, &installed) {
        return Ok(python);
    }
    run(command("python3", &["-m", "venv", "--clear"]).arg(folder))
        .map_err(|why| format!("{why}; on Debian: sudo apt-get install python3-venv"))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(command(&python.to_string_lossy(), &pip).arg(&wanted))?;
    std::fs::copy(&wanted, &installed)
        .map_err(|error| format!("could not write {}: {error}", installed.display()))?;
    Ok(python)
}

pub(crate) fn same(one: &Path, other: &Path) -> bool {
    matches!((std::fs::read(one), std::fs::read(other)), (Ok(one), Ok(other)) if one == other)
}
