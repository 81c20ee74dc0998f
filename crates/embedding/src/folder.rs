//! The model folder: what is in it, and whether that is what it must be.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use crate::pins::{GRAPH, MODEL_FILES, MODEL_ID, ModelFile, TOKENIZER};
use crate::{EmbeddingError, digest};

/// What is in a model folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelStatus {
    /// Whether it can be used.
    pub state: ModelState,
    /// The folder.
    pub folder: PathBuf,
    /// Which model belongs there, with its version: [`crate::Embedder::id`].
    pub model: &'static str,
    /// The files that belong there.
    pub files: &'static [ModelFile],
}

/// Whether the model can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelState {
    /// It was not installed, or not to the end.
    Absent,
    /// A file is not what it must be.
    Damaged {
        /// Its name.
        file: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// All files are there and have the right bytes.
    Installed {
        /// How many they are.
        bytes: u64,
    },
}

/// Looks at a model folder; reads all of it, to check it.
#[must_use]
pub fn status(folder: &Path) -> ModelStatus {
    let state =
        |state| ModelStatus { state, folder: folder.to_owned(), model: MODEL_ID, files: &MODEL_FILES };
    // The graph is put in place last.
    for file in &MODEL_FILES {
        match checked(folder, file) {
            Ok(_) => {}
            Err(EmbeddingError::Absent { .. }) if *file == GRAPH => return state(ModelState::Absent),
            Err(EmbeddingError::Damaged { why, .. }) => {
                return state(ModelState::Damaged { file: file.name, why });
            }
            Err(EmbeddingError::Read { source, .. }) => {
                let why = format!("cannot be read: {source}");
                return state(ModelState::Damaged { file: file.name, why });
            }
            Err(_) => {
                return state(ModelState::Damaged { file: file.name, why: "is missing".to_owned() });
            }
        }
    }
    state(ModelState::Installed { bytes: GRAPH.bytes + TOKENIZER.bytes })
}

/// Returns the path of a file whose bytes are those it is pinned to.
pub(crate) fn checked(folder: &Path, pin: &ModelFile) -> Result<PathBuf, EmbeddingError> {
    let path = folder.join(pin.name);
    let file = open(&path, pin)?;
    let read = |source| EmbeddingError::Read { path: path.clone(), source };
    if let Some(digest) = digest::of_file(&file, &mut |_| true).map_err(read)? {
        compare(&path, pin, digest.finish())?;
    }
    Ok(path)
}

/// Reads a small file whose bytes are those it is pinned to.
pub(crate) fn read(folder: &Path, pin: &ModelFile) -> Result<Vec<u8>, EmbeddingError> {
    let path = folder.join(pin.name);
    let mut bytes = Vec::new();
    let read = open(&path, pin)?.read_to_end(&mut bytes);
    read.map_err(|source| EmbeddingError::Read { path: path.clone(), source })?;
    let mut digest = digest::Digest::new();
    digest.update(&bytes);
    compare(&path, pin, digest.finish())?;
    Ok(bytes)
}

/// Opens a file of the right length.
fn open(path: &Path, pin: &ModelFile) -> Result<File, EmbeddingError> {
    let refuse = |error: io::Error| match error.kind() {
        ErrorKind::NotFound => EmbeddingError::Absent { path: path.to_owned() },
        _ => EmbeddingError::Read { path: path.to_owned(), source: error },
    };
    let file = File::open(path).map_err(refuse)?;
    let length = file.metadata().map_err(refuse)?.len();
    if length != pin.bytes {
        let why = format!("has {length} bytes instead of {}", pin.bytes);
        return Err(EmbeddingError::Damaged { path: path.to_owned(), why });
    }
    Ok(file)
}

fn compare(path: &Path, pin: &ModelFile, found: String) -> Result<(), EmbeddingError> {
    if found == pin.sha256 {
        return Ok(());
    }
    let why = format!("has the SHA-256 {found} instead of {}", pin.sha256);
    Err(EmbeddingError::Damaged { path: path.to_owned(), why })
}
