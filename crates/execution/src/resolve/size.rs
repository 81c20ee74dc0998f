//! Whether the system takes arguments and environment of that size; it would say E2BIG and not which.

use std::ffi::OsStr;

use groma_execution_types::ValidationError;

use super::draft::Draft;
use super::secrets::Obtained;

/// Bytes of one string with its end (`MAX_ARG_STRLEN`); Linux alone has such a limit.
const STRING_MAX: usize = if cfg!(target_os = "linux") { 128 << 10 } else { usize::MAX };
/// What is left for what is added later: the engine's mark, the program's own name, an interpreter's.
const SPARE: usize = 16 << 10;
/// Each string has a pointer to it beside its bytes and its end.
const PER_STRING: usize = size_of::<usize>() + 1;

/// # Errors
/// The string that is too long; else the larger of arguments and environment if they are too much together.
pub(super) fn check(draft: &Draft, secrets: &Obtained) -> Result<(), ValidationError> {
    let mut args = draft.program.as_os_str().len() + PER_STRING;
    for (at, arg) in draft.args.iter().enumerate() {
        one(arg.len(), || arg_field(draft, at))?;
        args += arg.len() + PER_STRING;
    }
    let mut env = 0;
    for (name, value) in &draft.env {
        env += variable(name, value.len(), "env")?;
    }
    for (name, value) in &secrets.variables {
        env += variable(OsStr::new(name), value.len(), "secrets")?;
    }
    let max = all_max();
    if args + env <= max {
        return Ok(());
    }
    let (field, size) = if args >= env { ("command.args", args) } else { ("env", env) };
    let detail = format!(
        "is {size} bytes, and the system takes {max} for arguments and environment together; use `stdin` or a file"
    );
    Err(ValidationError::new(field, detail))
}

fn variable(name: &OsStr, value: usize, field: &str) -> Result<usize, ValidationError> {
    let size = name.len() + 1 + value;
    one(size, || format!("{field}.{}", name.to_string_lossy()))?;
    Ok(size + PER_STRING)
}

fn one(size: usize, field: impl Fn() -> String) -> Result<(), ValidationError> {
    if size < STRING_MAX {
        return Ok(());
    }
    let detail =
        format!("is {size} bytes, and the system takes less than {STRING_MAX}; use `stdin` or a file");
    Err(ValidationError::new(field(), detail))
}

/// Returns the field from which an argument came.
fn arg_field(draft: &Draft, at: usize) -> String {
    if draft.script.is_some() || draft.script_file.is_some() {
        return format!("command.args[{}]", at.saturating_sub(1));
    }
    if draft.aws {
        return format!("command.args[{}]", at.saturating_sub(2));
    }
    if at == 1 && draft.args.first().is_some_and(|first| first == "-c") {
        return "command.command".to_owned();
    }
    format!("command.args[{at}]")
}

/// A quarter of what the stack may take, within the bounds that Linux has.
#[cfg(target_os = "linux")]
fn all_max() -> usize {
    let stack = rustix::process::getrlimit(rustix::process::Resource::Stack).current;
    let quarter = stack.map_or(usize::MAX, |bytes| usize::try_from(bytes / 4).unwrap_or(usize::MAX));
    quarter.clamp(128 << 10, 6 << 20) - SPARE
}

/// `ARG_MAX` of macOS.
#[cfg(not(target_os = "linux"))]
fn all_max() -> usize {
    (1 << 20) - SPARE
}
