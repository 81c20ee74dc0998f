//! A filled folder, and a server on it whose index is whole.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Done;
use crate::rest::Rest;
use crate::server::Server;

/// An index of a million things takes its time.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// A data folder that nobody holds.
#[derive(Debug)]
pub(crate) struct Folder<'a> {
    /// The home that it is in.
    pub(crate) root: &'a Path,
    pub(crate) things: usize,
    /// Synthetic vectors that were kept a second; `None` if the model is not there.
    pub(crate) vectors: Option<f64>,
}

impl Folder<'_> {
    pub(crate) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// Where a process leaves a copy of the index for the next.
    pub(crate) fn copy(&self) -> PathBuf {
        self.data().join("index.sealed")
    }

    /// Takes the copy of the index away.
    pub(crate) fn without_copy(&self) -> Done {
        match std::fs::remove_file(self.copy()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Starts a server on it.
    pub(crate) fn serve(&self, binary: &Path) -> Done<Server> {
        Server::start_at(binary, self.root, &self.data(), "127.0.0.1:0")
    }
}

/// Waits until searches go by the whole index; returns what finds by meaning there.
pub(crate) fn await_whole(rest: &mut Rest) -> Done<String> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        // Each waits for the index, for seconds.
        let body = rest.must("GET", "/v1/search?q=warming", None)?;
        match body.pointer("/data/meaning").and_then(Value::as_str) {
            Some("warming") => {}
            Some(meaning) => return Ok(meaning.to_owned()),
            None => return Err("a search that does not tell what finds by meaning".into()),
        }
    }
    Err(format!("the index was not whole after {PATIENCE:?}").into())
}

/// Says what the vectors are.
pub(crate) const fn told(meaning: &str) -> &'static str {
    match meaning.as_bytes() {
        b"model" => {
            "**vectors of things are synthetic**, in clusters; each question's own is made by the model meanwhile"
        }
        _ => "without the model, which was not there: by likeness of spelling",
    }
}

/// Writes a text as a query holds it.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte.into()),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
