//! Which program a command is, and what it is given.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use groma_execution_types::{Command, Interpreter, ValidationError};

use super::draft::SCRIPT;
use super::{program, script};

/// Which program a command is, and what it is given.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) program: PathBuf,
    pub(super) args: Vec<OsString>,
    pub(super) script: Option<String>,
    pub(super) script_file: Option<PathBuf>,
    pub(super) aws: bool,
}

impl Line {
    /// # Errors
    /// When the program, its interpreter or the script is not there or cannot be used.
    pub(super) fn of(
        command: &Command,
        env: &BTreeMap<OsString, OsString>,
        dir: &Path,
    ) -> Result<Self, ValidationError> {
        let path = env.get(OsStr::new("PATH")).map(OsString::as_os_str);
        let find = |field: &str, name: &str| program::find(field, name, path, dir);
        match command {
            Command::Exec { program, args } => {
                const FIELD: &str = "command.program";
                let program = find(FIELD, program)?;
                program::startable(FIELD, &program, path, dir)?;
                Ok(Self::plain(program, args.iter().map(OsString::from).collect()))
            }
            Command::Shell { command } => {
                let program = find("command.command", "sh").or_else(|error| {
                    // A command may have a `PATH` of its own; the shell of the system is still where it always is.
                    let system = Path::new("/bin/sh");
                    if program::may_run(system) { Ok(system.to_owned()) } else { Err(error) }
                })?;
                Ok(Self::plain(program, vec!["-c".into(), command.into()]))
            }
            Command::Script { path: file, content, interpreter, args } => {
                let file = file.as_deref().map(|file| script::readable(&dir.join(file))).transpose()?;
                let interpreter = match interpreter {
                    Some(interpreter) => *interpreter,
                    None => script::guess(file.as_deref(), content.as_deref())?,
                };
                let program = interpreter_program(interpreter, find)?;
                let first = file.as_ref().map_or_else(|| SCRIPT.into(), |file| file.clone().into_os_string());
                let args = std::iter::once(first).chain(args.iter().map(OsString::from)).collect();
                Ok(Self { script: content.clone(), script_file: file, ..Self::plain(program, args) })
            }
            Command::AwsCli { service, operation, args, profile, region } => {
                let program = find("command.type", "aws").map_err(|error| {
                    let detail = format!("{}; install the AWS CLI or add its folder to PATH", error.detail);
                    if error.is_absent() {
                        ValidationError::absent(error.field, detail)
                    } else {
                        ValidationError::new(error.field, detail)
                    }
                })?;
                let mut line: Vec<OsString> = vec![service.into(), operation.into()];
                line.extend(args.iter().map(OsString::from));
                for (option, value) in [("--profile", profile), ("--region", region)] {
                    if let Some(value) = value {
                        line.extend([option.into(), value.into()]);
                    }
                }
                Ok(Self { aws: true, ..Self::plain(program, line) })
            }
        }
    }

    fn plain(program: PathBuf, args: Vec<OsString>) -> Self {
        Self { program, args, script: None, script_file: None, aws: false }
    }
}

fn interpreter_program(
    interpreter: Interpreter,
    find: impl Fn(&str, &str) -> Result<PathBuf, ValidationError>,
) -> Result<PathBuf, ValidationError> {
    const FIELD: &str = "command.interpreter";
    match interpreter {
        Interpreter::Bash => find(FIELD, "bash"),
        Interpreter::Sh => find(FIELD, "sh"),
        Interpreter::Python => {
            find(FIELD, "python3").or_else(|error| find(FIELD, "python").map_err(|_| error))
        }
    }
}
