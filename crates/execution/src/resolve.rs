//! From a request to what is started: every file found, every limit kept, every secret in hand.

mod digest;
mod draft;
mod environment;
mod line;
mod outside;
mod program;
mod script;
mod secrets;
mod shown;
mod size;
mod stdin;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use groma_execution_types::{ExecutionRequest, ResolvedCommand};
use zeroize::Zeroizing;

pub(crate) use digest::sha256;

use crate::{ExecutionError, SecretSource};
use digest::FileDigests;
use draft::Draft;
use outside::Outside;
use script::Scratch;
use stdin::DraftStdin;

/// What is started.
pub(crate) struct Resolved {
    /// The program's file: absolute, there, executable.
    pub(crate) program: PathBuf,
    /// What it is given, without its own name.
    pub(crate) args: Vec<OsString>,
    /// Where it runs: absolute, there.
    pub(crate) working_dir: PathBuf,
    /// All of its environment, secrets among it; nothing else is inherited.
    pub(crate) env: BTreeMap<OsString, OsString>,
    /// What it reads.
    pub(crate) stdin: ResolvedStdin,
    /// Values that nothing may show.
    pub(crate) secrets: Vec<Zeroizing<Vec<u8>>>,
    /// The same for people; its digest is empty, see [`dry_run`].
    pub(crate) shown: ResolvedCommand,
    /// The file of a script that was given as text; deleted when this is dropped.
    _scratch: Option<Scratch>,
    /// Whether it is the AWS CLI, whose exit codes 252, 253 and 254 are told apart.
    pub(crate) aws: bool,
}

impl fmt::Debug for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolved").field("shown", &self.shown).finish_non_exhaustive()
    }
}

/// What a command reads, opened by whoever starts it.
pub(crate) enum ResolvedStdin {
    /// The end at once.
    None,
    /// The caller's own.
    Inherit,
    /// These bytes.
    Bytes(Zeroizing<Vec<u8>>),
    /// A file: absolute, there, readable when it was looked at.
    File(PathBuf),
}

/// Finds out what a request starts: at once before it is started, because files come and go.
///
/// # Errors
/// When it could not start: each field has its own reason.
pub(crate) async fn resolve(
    request: &ExecutionRequest,
    secrets: Option<&dyn SecretSource>,
) -> Result<Resolved, ExecutionError> {
    let outside = Outside::now();
    request.validate()?;
    let obtained = secrets::obtain(request, &outside, secrets).await?;
    secrets::refuse_shown(request, &obtained)?;
    let draft = Draft::of(request, outside)?;
    start(draft, obtained)
}

/// Checks the same as [`resolve`], without asking a keychain and without writing anything: what would be refused is
/// refused at once.
///
/// # Errors
/// As [`resolve`].
pub(crate) fn check(request: &ExecutionRequest, has_keychain: bool) -> Result<(), ExecutionError> {
    let outside = Outside::now();
    request.validate()?;
    let obtained = secrets::obtain_without_keychain(request, &outside, has_keychain)?;
    secrets::refuse_shown(request, &obtained)?;
    let draft = Draft::of(request, outside)?;
    size::check(&draft, &obtained)?;
    Ok(())
}

/// Finds out what a request would start, and takes the digest of it: reads the program and every file it is given.
///
/// # Errors
/// As [`resolve`], and when one of the files cannot be read.
pub(crate) async fn dry_run(
    request: &ExecutionRequest,
    secrets: Option<&dyn SecretSource>,
) -> Result<ResolvedCommand, ExecutionError> {
    let mut all = dry_run_all(vec![request.clone()], secrets).await.map_err(|(_, error)| error)?;
    all.pop().ok_or(ExecutionError::Thread(std::io::ErrorKind::UnexpectedEof.into()))
}

/// Does [`dry_run`] for many, each file being read once.
///
/// # Errors
/// As [`dry_run`], with the place of the request.
pub(crate) async fn dry_run_all(
    requests: Vec<ExecutionRequest>,
    secrets: Option<&dyn SecretSource>,
) -> Result<Vec<ResolvedCommand>, (usize, ExecutionError)> {
    let outside = Outside::now();
    let mut with_secrets = Vec::with_capacity(requests.len());
    for (at, request) in requests.into_iter().enumerate() {
        request.validate().map_err(|error| (at, error.into()))?;
        let obtained = secrets::obtain(&request, &outside, secrets).await.map_err(|error| (at, error))?;
        secrets::refuse_shown(&request, &obtained).map_err(|error| (at, error.into()))?;
        with_secrets.push((request, obtained));
    }
    let work = move || {
        let mut files = FileDigests::default();
        let one = |(at, (request, obtained)): (usize, (ExecutionRequest, secrets::Obtained))| {
            let draft = Draft::of(&request, outside.clone()).map_err(|error| (at, error.into()))?;
            size::check(&draft, &obtained).map_err(|error| (at, error.into()))?;
            let mut shown = shown::show(&draft, &obtained);
            shown.digest = digest::of(&draft, &request, &mut files).map_err(|error| (at, error.into()))?;
            Ok(shown)
        };
        with_secrets.into_iter().enumerate().map(one).collect()
    };
    // Programs and inputs may be large.
    on_thread(work).await.map_err(|error| (0, error))?
}

/// Does work that looks at many files or reads large ones, where it holds up nothing else.
///
/// # Errors
/// When there is no thread to be had, or the work broke down.
pub(crate) async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ExecutionError> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("groma-resolve".to_owned());
    let spawned = thread.spawn(move || drop(answer.send(work())));
    spawned.map_err(ExecutionError::Thread)?;
    answered.await.map_err(|error| ExecutionError::Thread(std::io::Error::other(error)))
}

fn start(draft: Draft, obtained: secrets::Obtained) -> Result<Resolved, ExecutionError> {
    size::check(&draft, &obtained)?;
    let shown = shown::show(&draft, &obtained);
    let Draft { program, mut args, script, working_dir, mut env, stdin, aws, .. } = draft;
    let scratch = script.map(|text| Scratch::write(&text)).transpose()?;
    if let (Some(scratch), Some(first)) = (&scratch, args.first_mut()) {
        *first = scratch.file().into_os_string();
    }
    let secrets::Obtained { variables, input } = obtained;
    let mut secrets = Vec::with_capacity(variables.len());
    for (name, value) in variables {
        env.insert(name.into(), environment::os_string(&value));
        secrets.push(value);
    }
    let stdin = match stdin {
        DraftStdin::None => ResolvedStdin::None,
        DraftStdin::Inherit => ResolvedStdin::Inherit,
        DraftStdin::Bytes(bytes) => ResolvedStdin::Bytes(Zeroizing::new(bytes)),
        DraftStdin::File(path) => ResolvedStdin::File(path),
        DraftStdin::Secret => match input {
            Some(value) => {
                secrets.push(value.clone());
                ResolvedStdin::Bytes(value)
            }
            None => ResolvedStdin::None,
        },
    };
    Ok(Resolved { program, args, working_dir, env, stdin, secrets, shown, _scratch: scratch, aws })
}

#[cfg(test)]
mod tests;
