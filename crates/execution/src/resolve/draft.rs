//! A request as it would be started, but for its secrets.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use groma_execution_types::{ExecutionRequest, ValidationError};

use super::environment;
use super::line::Line;
use super::outside::Outside;
use super::stdin::DraftStdin;

/// A request as it would be started, but for its secrets.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) program: PathBuf,
    /// For a script given as text the first is [`SCRIPT`], and becomes its file.
    pub(super) args: Vec<OsString>,
    /// The text of a script.
    pub(super) script: Option<String>,
    /// The file of a script.
    pub(super) script_file: Option<PathBuf>,
    pub(super) working_dir: PathBuf,
    pub(super) env: BTreeMap<OsString, OsString>,
    pub(super) stdin: DraftStdin,
    pub(super) aws: bool,
}

/// Stands where the file of a script goes that was given as text.
pub(super) const SCRIPT: &str = "<script>";

impl Draft {
    /// Looks for everything that a request names.
    ///
    /// # Errors
    /// The first field that names what is not there or cannot be used.
    pub(super) fn of(request: &ExecutionRequest, outside: Outside) -> Result<Self, ValidationError> {
        let working_dir = working_dir(request.working_dir.as_deref(), outside.current_dir.as_deref())?;
        let env = environment::complete(request, outside);
        let Line { program, args, script, script_file, aws } =
            Line::of(&request.command, &env, &working_dir)?;
        let stdin = DraftStdin::of(&request.stdin, &working_dir)?;
        Ok(Self { program, args, script, script_file, working_dir, env, stdin, aws })
    }
}

fn working_dir(asked: Option<&Path>, current: Option<&Path>) -> Result<PathBuf, ValidationError> {
    const FIELD: &str = "working_dir";
    let dir = match (asked, current) {
        (Some(asked), _) if asked.is_absolute() => asked.to_owned(),
        (Some(asked), Some(current)) => current.join(asked),
        (None, Some(current)) => current.to_owned(),
        (_, None) => {
            let detail = "is needed: the folder in which the engine itself runs is gone";
            return Err(ValidationError::absent(FIELD, detail));
        }
    };
    let shown = dir.display();
    let metadata = std::fs::metadata(&dir).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            ValidationError::absent(FIELD, format!("names `{shown}`, which is not there"))
        }
        _ => ValidationError::new(FIELD, format!("names `{shown}`, which cannot be looked at: {error}")),
    })?;
    if !metadata.is_dir() {
        return Err(ValidationError::new(FIELD, format!("names `{shown}`, which is no folder")));
    }
    if !super::program::may_run(&dir) {
        return Err(ValidationError::new(FIELD, format!("names `{shown}`, which may not be entered")));
    }
    // `a/./b` and `a//b` are one folder; `..` stays, because what it means depends on links.
    Ok(dir.components().filter(|part| *part != Component::CurDir).collect())
}
