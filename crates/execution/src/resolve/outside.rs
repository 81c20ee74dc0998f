//! What the engine's own process has that commands take over.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

/// What the engine's own process has that commands take over.
#[derive(Debug, Clone, Default)]
pub(super) struct Outside {
    /// Its environment.
    pub(super) env: BTreeMap<OsString, OsString>,
    /// Where it runs; `None` if that folder is gone.
    pub(super) current_dir: Option<PathBuf>,
}

impl Outside {
    pub(super) fn now() -> Self {
        Self { env: std::env::vars_os().collect(), current_dir: std::env::current_dir().ok() }
    }
}
