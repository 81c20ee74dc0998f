//! `cargo xtask lint`.

use crate::shell::{Done, cargo, run};
use crate::{layers, licences};

/// Checks the format of all Rust code.
///
/// # Errors
/// When a file is not formatted.
pub(crate) fn format() -> Done {
    run(&mut cargo(&["fmt", "--all", "--check"])).map_err(|why| format!("{why}; `cargo fmt --all` mends it"))
}

/// Checks all Rust code for lints.
///
/// # Errors
/// When there is a warning.
pub(crate) fn clippy() -> Done {
    run(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))
}

/// Runs every check that reads code alone.
///
/// # Errors
/// The first that fails.
pub(crate) fn check() -> Done {
    format()?;
    layers::check()?;
    licences::check()?;
    clippy()
}
