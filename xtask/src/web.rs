//! The page's own tools, run by npm.

use std::process::Command;

use crate::install;
use crate::shell::{Done, command, root, run};

/// Returns `npm` in the page's folder.
pub(crate) fn npm(args: &[&str]) -> Command {
    let mut npm = command("npm", args);
    npm.current_dir(root().join("web"));
    npm
}

/// Installs the page's dependencies if the lock file is newer than what is installed.
///
/// # Errors
/// When there is no page, no npm, or the installation fails.
pub(crate) fn install() -> Done {
    install::node()?;
    let web = root().join("web");
    let modified = |path: &str| web.join(path).metadata().and_then(|file| file.modified());
    let lock = modified("package-lock.json")
        .map_err(|error| format!("could not read web/package-lock.json: {error}"))?;
    if modified("node_modules/.package-lock.json").is_ok_and(|installed| installed >= lock) {
        return Ok(());
    }
    run(&mut npm(&["ci", "--no-audit", "--no-fund"]))
}

/// Builds the page into `web/dist`.
///
/// # Errors
/// When it does not build.
pub(crate) fn build() -> Done {
    run(&mut npm(&["run", "build"]))
}
