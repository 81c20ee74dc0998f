//! Starting a process.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::cgroup::Cgroup;
use super::sweep::Leaders;
use super::{COOKIE, OUTER, Running};

/// What to start. The program is a path, never a name: a name, like any work between fork and exec, would make the
/// system copy the tables of this process, which takes a hundred times as long in a large one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spawn<'a> {
    /// Marks its processes.
    pub id: Uuid,
    /// Absolute.
    pub program: &'a Path,
    /// Without its own name.
    pub args: &'a [OsString],
    /// Absolute.
    pub working_dir: &'a Path,
    /// All of it; the mark is added.
    pub env: &'a BTreeMap<OsString, OsString>,
    /// What it reads.
    pub stdin: Input<'a>,
}

/// What a process reads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Input<'a> {
    None,
    Inherit,
    Bytes(&'a Zeroizing<Vec<u8>>),
    File(&'a PathBuf),
}

/// Why a process was not started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpawnError {
    #[error("failed to open `{path}` as its standard input: {source}", path = path.display())]
    Input { path: PathBuf, source: io::Error },
    #[error("failed to start `{program}`: {hint}", program = program.display())]
    Start { program: PathBuf, hint: String, source: io::Error },
    #[error("it was cancelled before it started")]
    Cancelled,
}

/// Tries before a shortage counts as lasting, and the wait after the first, which doubles: 0.6 s in all.
const TRIES: u32 = 7;
const FIRST_WAIT: Duration = Duration::from_millis(10);

/// Starts a process in a group of its own, in a control group if there is one to be had. Only what reads from a terminal
/// shares the group of this process, and is held together by its mark.
///
/// A lack of descriptors or processes, and a program that somebody is still writing, are waited for a little.
pub(crate) async fn spawn(
    what: Spawn<'_>,
    cgroup: Option<Cgroup>,
    leaders: &Leaders,
    cancel: &CancellationToken,
) -> Result<(Running, Option<ChildStdout>, Option<ChildStderr>), SpawnError> {
    let mut wait = FIRST_WAIT;
    let mut tries = 1;
    let started = loop {
        if cancel.is_cancelled() {
            return Err(SpawnError::Cancelled);
        }
        match start(what)? {
            Ok(child) => break child,
            Err(error) if tries < TRIES && passes(&error) => {
                tries += 1;
                let _ = tokio::time::timeout(wait, cancel.cancelled()).await;
                wait *= 2;
            }
            Err(source) => {
                let hint = hint(&source, what.program);
                return Err(SpawnError::Start { program: what.program.to_owned(), hint, source });
            }
        }
    };
    let failed = |source: io::Error| SpawnError::Start {
        program: what.program.to_owned(),
        hint: format!("it started but cannot be watched ({source}), so it was ended again"),
        source,
    };
    Running::new(started, what, cgroup, leaders).map_err(failed)
}

impl Running {
    /// Takes over a process that has just started. When it cannot be watched it is ended again.
    fn new(
        mut child: std::process::Child,
        what: Spawn<'_>,
        cgroup: Option<Cgroup>,
        leaders: &Leaders,
    ) -> io::Result<(Self, Option<ChildStdout>, Option<ChildStderr>)> {
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        // From here on dropping it ends the process.
        let mut running = Self::over(child, what.id, cgroup, leaders, !shares_group(what.stdin))?;
        if let (Some(stdin), Input::Bytes(bytes)) = (stdin, what.stdin) {
            running.feed(feed(ChildStdin::from_std(stdin)?, bytes.clone()));
        }
        let stdout = stdout.map(ChildStdout::from_std).transpose()?;
        let stderr = stderr.map(ChildStderr::from_std).transpose()?;
        Ok((running, stdout, stderr))
    }
}

/// Starts it once; the outer error is one that trying again does not help.
fn start(what: Spawn<'_>) -> Result<io::Result<std::process::Child>, SpawnError> {
    let stdin = match what.stdin {
        Input::None => Stdio::null(),
        Input::Inherit => Stdio::inherit(),
        Input::Bytes(_) => Stdio::piped(),
        Input::File(path) => match File::open(path) {
            Ok(file) => Stdio::from(file),
            Err(error) if passes(&error) => return Ok(Err(error)),
            Err(source) => return Err(SpawnError::Input { path: path.clone(), source }),
        },
    };
    let mut command = Command::new(what.program);
    command.args(what.args).current_dir(what.working_dir);
    if !shares_group(what.stdin) {
        command.process_group(0);
    }
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_clear().envs(what.env).env(COOKIE, what.id.to_string());
    if let Some(outer) = outer(std::env::var_os(OUTER).as_deref(), std::env::var_os(COOKIE).as_deref()) {
        command.env(OUTER, outer);
    }
    Ok(command.spawn())
}

/// Returns whether the process is to be in the group of this one: a terminal stops whoever reads from it in another.
fn shares_group(stdin: Input<'_>) -> bool {
    matches!(stdin, Input::Inherit) && io::stdin().is_terminal()
}

/// Returns the executions within which this process itself runs, so that their engines find what runs in it too.
fn outer(outer: Option<&OsStr>, own: Option<&OsStr>) -> Option<OsString> {
    let own = own?;
    let mut all = outer.unwrap_or_default().to_owned();
    if !all.is_empty() {
        all.push(",");
    }
    all.push(own);
    Some(all)
}

/// Writes what the process reads. One that ends or closes it without reading is no fault.
async fn feed(mut stdin: ChildStdin, bytes: Zeroizing<Vec<u8>>) {
    let _ = stdin.write_all(&bytes).await;
}

/// Returns whether a moment later may be better.
fn passes(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let shortage = [Errno::MFILE, Errno::NFILE, Errno::AGAIN, Errno::TXTBSY].map(Errno::raw_os_error);
    error.raw_os_error().is_some_and(|code| shortage.contains(&code))
}

/// Returns why it did not start and what to do, for people.
fn hint(error: &io::Error, program: &Path) -> String {
    use rustix::io::Errno;
    let advice = match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOENT) if program.exists() => {
            "the interpreter that its first line or its format names, or the working directory, is not there"
        }
        Some(Errno::NOENT) => "the program, or the working directory, is no longer there",
        Some(Errno::ACCESS | Errno::PERM) => {
            "it may not be run by this user, or lies on a volume mounted noexec"
        }
        Some(Errno::NOEXEC) => "it is no program and has no first line `#!…`: run it as a script",
        Some(Errno::TOOBIG) => "arguments and environment are too large: give it files or its standard input",
        Some(Errno::MFILE | Errno::NFILE) => {
            "too many files are open: raise the limit (ulimit -n) or run fewer at once"
        }
        Some(Errno::AGAIN) => {
            "there are too many processes: raise the limit (ulimit -u) or run fewer at once"
        }
        Some(Errno::TXTBSY) => "somebody is still writing the program's file",
        Some(Errno::NOMEM) => "there is not enough memory",
        _ => return error.to_string(),
    };
    format!("{advice} ({error})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_executions_are_kept_in_order() {
        let text = OsStr::new;
        assert_eq!(outer(None, None), None);
        assert_eq!(outer(Some(text("a")), None), None);
        assert_eq!(outer(None, Some(text("b"))), Some("b".into()));
        assert_eq!(outer(Some(text("a")), Some(text("b"))), Some("a,b".into()));
    }
}
