//! Reading a plan's file.

use std::io::Read as _;
use std::path::Path;

use groma_app::execution::Approval;
use groma_app::execution::engine::{PLAN_BYTES_MAX, read_plan};
use groma_execution_types::ExecutionPlan;

use crate::failure::Failure;

/// Digits of SHA-256 in hexadecimal.
const HASH_DIGITS: usize = 64;

/// Returns the plan in a file, or in standard input for `-`.
///
/// # Errors
/// When it cannot be read, or is no plan; then where.
pub(super) fn read(path: &Path) -> Result<ExecutionPlan, Failure> {
    let stdin = path == Path::new("-");
    let shown = if stdin { "standard input".to_owned() } else { path.display().to_string() };
    let mut text = Vec::new();
    // One byte more than is allowed, so that a longer one is seen.
    let most = PLAN_BYTES_MAX as u64 + 1;
    let read = if stdin {
        std::io::stdin().lock().take(most).read_to_end(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut text))
    };
    read.map_err(|error| Failure::usage(format!("could not read the plan in {shown}: {error}")))?;
    read_plan(&text).map_err(|error| Failure::usage(format!("{shown}: {error}")))
}

/// Returns what was approved: the hash of a dry run, or the dry run itself.
///
/// # Errors
/// When it is neither.
pub(super) fn approval(text: &str) -> Result<Approval, Failure> {
    if text.len() == HASH_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Approval::Hash(text.to_ascii_lowercase()));
    }
    let refuse = |why: String| {
        Failure::usage(format!("`{text}` is neither the hash of a dry run nor a file with one: {why}")).hint(
            "groma plan run FILE --dry-run prints the hash; with --output json, what belongs into a file",
        )
    };
    let bytes = std::fs::read(text).map_err(|error| refuse(error.to_string()))?;
    let resolved = serde_json::from_slice(&bytes).map_err(|error| refuse(error.to_string()))?;
    Ok(Approval::Plan(Box::new(resolved)))
}
