//! Where a program is, and whether it can start.
//!
//! The system answers the same to a missing program, folder and interpreter (ENOENT), so they are told apart here. And
//! a bare name handed to it in a large process costs a hundred times the start of an absolute path.

use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use groma_execution_types::ValidationError;

/// Where programs are looked for when an environment has no `PATH`.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Finds a program as a shell in `dir` with this `PATH` would.
///
/// # Errors
/// When it is not there or may not be run.
pub(super) fn find(
    field: &str,
    name: &str,
    path: Option<&OsStr>,
    dir: &Path,
) -> Result<PathBuf, ValidationError> {
    if name.contains('/') {
        let file = dir.join(name);
        return executable(field, &file).map(|()| file);
    }
    let path = path.unwrap_or(OsStr::new(PATH));
    let mut found = None;
    for folder in std::env::split_paths(path) {
        let file = dir.join(folder).join(name);
        match executable(field, &file) {
            Ok(()) => return Ok(file),
            Err(error) if !error.is_absent() => found = found.or(Some(error)),
            Err(_) => {}
        }
    }
    let shown = path.to_string_lossy();
    Err(found.unwrap_or_else(|| {
        ValidationError::absent(
            field,
            format!("needs the program `{name}`, which is in no folder of PATH ({shown})"),
        )
    }))
}

fn executable(field: &str, file: &Path) -> Result<(), ValidationError> {
    let shown = file.display();
    let metadata = std::fs::metadata(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            ValidationError::absent(field, format!("names the program `{shown}`, which is not there"))
        }
        _ => ValidationError::new(
            field,
            format!("names the program `{shown}`, which cannot be looked at: {error}"),
        ),
    })?;
    if !metadata.is_file() {
        return Err(ValidationError::new(
            field,
            format!("names `{shown}`, which is no program but a folder or device"),
        ));
    }
    if !may_run(file) {
        let detail =
            format!("names `{shown}`, which is not executable; `chmod +x` it, or run it as a script");
        return Err(ValidationError::new(field, detail));
    }
    Ok(())
}

/// Returns whether this process may run a file or enter a folder.
#[cfg(unix)]
pub(super) fn may_run(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// Returns whether this process may run a file or enter a folder.
#[cfg(not(unix))]
pub(super) fn may_run(path: &Path) -> bool {
    path.exists()
}

/// Checks what a program's file begins with: that the interpreter it names is there, and that it is no bare text.
///
/// # Errors
/// When the system could not start it.
pub(super) fn startable(
    field: &str,
    file: &Path,
    path: Option<&OsStr>,
    dir: &Path,
) -> Result<(), ValidationError> {
    // One that may be run but not read says nothing here; the system knows.
    let Ok(head) = head(file) else { return Ok(()) };
    let shown = file.display();
    let Some(line) = head.strip_prefix(b"#!") else {
        if !head.is_empty() && !head.contains(&0) && head.is_ascii() {
            let detail = format!("names `{shown}`, which is text without a `#!` line; run it as a script");
            return Err(ValidationError::new(field, detail));
        }
        return Ok(());
    };
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split([' ', '\t']).filter(|word| !word.is_empty());
    let Some(interpreter) = words.next() else { return Ok(()) };
    let missing = |what: &str| {
        let detail = format!("names `{shown}`, whose interpreter `{}` is not there", what.escape_debug());
        ValidationError::absent(field, detail)
    };
    if !may_run(&dir.join(interpreter)) {
        return Err(missing(interpreter));
    }
    if Path::new(interpreter).file_name() == Some(OsStr::new("env")) {
        let named = words.find(|word| !word.starts_with('-') && !word.contains('='));
        if let Some(named) = named
            && find(field, named, path, dir).is_err()
        {
            return Err(missing(named));
        }
    }
    Ok(())
}

/// Returns what a file begins with: as much as the system itself looks at.
pub(super) fn head(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(256);
    std::fs::File::open(file)?.take(256).read_to_end(&mut head)?;
    Ok(head)
}
