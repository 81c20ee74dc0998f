//! What `cargo xtask test --only model` prepares.

#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests panic like tests")]

use std::path::PathBuf;

use groma_embedding::MiniLm;

const ADVICE: &str = "run `cargo xtask test --only model`";

/// Returns the folder that the tests' model is in.
pub(crate) fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("GROMA_MODEL_DIR") {
        return PathBuf::from(folder);
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    cache.or_else(home).expect("neither XDG_CACHE_HOME nor HOME is set").join("groma/model")
}

/// Returns the model.
pub(crate) fn model() -> MiniLm {
    MiniLm::load(&folder()).unwrap_or_else(|error| panic!("{error}: {ADVICE}"))
}

/// Returns a file that was prepared beside the model.
pub(crate) fn prepared(name: &str) -> PathBuf {
    let path = folder().join("sources").join(name);
    assert!(path.is_file(), "{} is missing: {ADVICE}", path.display());
    path
}
