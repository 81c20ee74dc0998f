//! Targets from files: `@file` stands for the words in it, `@-` for those on stdin.

use std::io::Read;

use crate::failure::Failure;

/// No list of targets is longer; a network of any size is one word.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Replaces each `@file` by the words of that file.
///
/// # Errors
/// When a file cannot be read, is too long, or is no text.
pub(super) fn expand(words: Vec<String>) -> Result<Vec<String>, Failure> {
    let mut targets = Vec::with_capacity(words.len());
    for word in words {
        match word.strip_prefix('@') {
            None => targets.push(word),
            Some(path) => targets.extend(parse(&read(path)?)),
        }
    }
    Ok(targets)
}

fn read(path: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let read = match path {
        "-" => std::io::stdin().lock().take(BYTES_MAX + 1).read_to_string(&mut text),
        path => std::fs::File::open(path).and_then(|file| file.take(BYTES_MAX + 1).read_to_string(&mut text)),
    };
    match read {
        Err(error) => Err(Failure::usage(format!("could not read targets from `{path}`: {error}"))
            .hint("@FILE takes targets from a file, @- from stdin")),
        Ok(bytes) if bytes as u64 > BYTES_MAX => Err(Failure::usage(format!(
            "`{path}` is longer than {} MiB: write networks or ranges instead of single addresses",
            BYTES_MAX / 1024 / 1024
        ))),
        Ok(_) => Ok(text),
    }
}

/// Returns the words of a text, separated by blanks, commas or line ends; `#` begins a comment.
fn parse(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines()
        .filter_map(|line| line.split('#').next())
        .flat_map(|line| line.split(|c: char| c.is_whitespace() || c == ','))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests;
