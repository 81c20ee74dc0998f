//! The statement: from the command line, a file, or stdin.

use std::fs::File;
use std::io::Read as _;

use crate::failure::Failure;

/// No statement is longer.
const BYTES_MAX: u64 = 1024 * 1024;

/// Returns the statement that the argument is, or that stands where it says.
///
/// # Errors
/// When a file cannot be read, is too long, or there is nothing in it.
pub(super) fn read(argument: String) -> Result<String, Failure> {
    let mut text = String::new();
    let (place, read) = match argument.as_str() {
        "-" => ("stdin", std::io::stdin().lock().take(BYTES_MAX + 1).read_to_string(&mut text)),
        other => match other.strip_prefix('@') {
            Some(path) => {
                (path, File::open(path).and_then(|file| file.take(BYTES_MAX + 1).read_to_string(&mut text)))
            }
            None => {
                text.push_str(other);
                ("the command line", Ok(text.len()))
            }
        },
    };
    let refuse = |why: String| {
        Failure::usage(format!("could not read the statement from {place}: {why}"))
            .hint("`@FILE` takes it from a file, `-` from stdin")
    };
    match read {
        Err(error) => Err(refuse(error.to_string())),
        Ok(bytes) if bytes as u64 > BYTES_MAX => {
            Err(refuse(format!("it is longer than {} MiB", BYTES_MAX / 1024 / 1024)))
        }
        Ok(_) if text.trim().is_empty() => Err(refuse("it is empty".to_owned())),
        Ok(_) => Ok(text),
    }
}

#[cfg(test)]
mod tests;
