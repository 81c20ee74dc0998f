//! The sides of a comparison. Each round of each side is a process of its own, so that none inherits memory, files or
//! threads of another.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::Done;

/// Who runs the commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Side {
    /// The engine, with logs and a handler that is told positions.
    Engine,
    /// The engine without logs.
    EngineBare,
    /// The engine without logs and without control groups.
    EngineGroup,
    /// tokio's processes: a group and two pipes that are read to their end.
    Tokio,
    /// The crate processkit.
    Processkit,
}

/// What a part measured.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// Seconds from the first command to the last one's end.
    pub(crate) seconds: f64,
    /// The most memory that was resident, in bytes.
    pub(crate) resident_max: u64,
    /// Bytes of output.
    pub(crate) bytes: u64,
}

/// Runs a part in a process of its own.
pub(crate) fn measure(side: Side, folder: &Path, args: &[String]) -> Done<Measured> {
    // Deleted with everything else: a file system goes slow for a while where thousands of files were just deleted.
    let logs = tempfile::tempdir_in(folder)?.keep();
    let name = clap::ValueEnum::to_possible_value(&side).map(|value| value.get_name().to_owned());
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["execution-part", "--side", &name.unwrap_or_default(), "--logs"]).arg(&logs);
    command.args(args).stderr(Stdio::inherit());
    let output = command.output()?;
    if logs.metadata()?.is_dir() && args.iter().any(|arg| arg == "cat") {
        // Few files, and large ones.
        std::fs::remove_dir_all(&logs)?;
    }
    if !output.status.success() {
        return Err(format!("a part of the measurement ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Runs a line of shell and returns how long it took.
pub(crate) fn shell(line: &str) -> Done<Duration> {
    let begun = Instant::now();
    let status = Command::new("/bin/sh").args(["-c", line]).status()?;
    if !status.success() {
        return Err(format!("`{line}` ended with {status}").into());
    }
    Ok(begun.elapsed())
}
