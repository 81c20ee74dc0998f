//! Scripts: which interpreter reads them, and where a text lies while it does.

use std::ffi::OsStr;
use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use groma_execution_types::{Interpreter, ValidationError};

use super::program;
use crate::ExecutionError;

/// Returns a script's file if it can be read.
///
/// # Errors
/// When it is not there, is no file, or may not be read.
pub(super) fn readable(file: &Path) -> Result<PathBuf, ValidationError> {
    const FIELD: &str = "command.path";
    let shown = file.display();
    let metadata = std::fs::metadata(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            ValidationError::absent(FIELD, format!("names the script `{shown}`, which is not there"))
        }
        _ => ValidationError::new(
            FIELD,
            format!("names the script `{shown}`, which cannot be looked at: {error}"),
        ),
    })?;
    if !metadata.is_file() {
        return Err(ValidationError::new(FIELD, format!("names `{shown}`, which is no file")));
    }
    match std::fs::File::open(file) {
        Ok(_) => Ok(file.to_owned()),
        Err(error) => Err(ValidationError::new(
            FIELD,
            format!("names the script `{shown}`, which cannot be read: {error}"),
        )),
    }
}

/// Returns which interpreter a script wants: what its first line names, else by its file's ending, else `sh`.
///
/// # Errors
/// When its first line names one that scripts are not run by.
pub(super) fn guess(file: Option<&Path>, content: Option<&str>) -> Result<Interpreter, ValidationError> {
    let head = match (file, content) {
        (Some(file), _) => program::head(file).unwrap_or_default(),
        (None, Some(content)) => content.as_bytes().iter().copied().take(256).collect(),
        (None, None) => Vec::new(),
    };
    if let Some(line) = head.strip_prefix(b"#!") {
        let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
        return named(&String::from_utf8_lossy(line));
    }
    let ending = file.and_then(Path::extension).and_then(OsStr::to_str);
    Ok(match ending {
        Some("bash") => Interpreter::Bash,
        Some("py") => Interpreter::Python,
        _ => Interpreter::Sh,
    })
}

fn named(line: &str) -> Result<Interpreter, ValidationError> {
    let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let first = words.next().unwrap_or_default();
    let name = match first {
        "env" => words.find(|word| !word.starts_with('-') && !word.contains('=')).unwrap_or_default(),
        name => name,
    };
    match name.trim_end_matches(|end: char| end.is_ascii_digit() || end == '.') {
        "bash" => Ok(Interpreter::Bash),
        "sh" | "dash" | "ash" => Ok(Interpreter::Sh),
        "python" => Ok(Interpreter::Python),
        _ => {
            let name = name.escape_debug();
            let detail = format!(
                "begins with `#!` and `{name}`, which is none of bash, sh and python; run the file with `exec`, or say \
                 which `interpreter` reads it"
            );
            Err(ValidationError::new("command.interpreter", detail))
        }
    }
}

/// A folder (0700) with the file of a script (0600), deleted when this is dropped.
pub(super) struct Scratch {
    folder: tempfile::TempDir,
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Scratch").field(&self.folder.path()).finish()
    }
}

impl Scratch {
    /// Writes a script where only this user reads it.
    ///
    /// # Errors
    /// When the folder for temporary files cannot be written.
    pub(super) fn write(text: &str) -> Result<Self, ExecutionError> {
        let failed = |source| ExecutionError::Script { path: std::env::temp_dir(), source };
        let mut builder = tempfile::Builder::new();
        builder.prefix("groma-script-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let scratch = Self { folder: builder.tempdir().map_err(failed)? };
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(scratch.file()).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        Ok(scratch)
    }

    /// Returns the file.
    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("script")
    }
}
