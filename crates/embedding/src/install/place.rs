//! Renaming in a way that a crash does not undo by half.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Writes a file's bytes out, gives it another name in the same folder, and writes that out.
pub(super) fn put(from: &Path, to: &Path) -> io::Result<()> {
    File::open(from)?.sync_all()?;
    fs::rename(from, to)?;
    match to.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
