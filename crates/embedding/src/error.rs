//! Why there are no vectors.

use std::path::PathBuf;

/// Why there are no vectors.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddingError {
    /// A file of the model is not there.
    #[error("the model is not installed: `{path}` is missing; run `groma model install`", path = path.display())]
    Absent {
        /// The file.
        path: PathBuf,
    },
    /// A file of the model cannot be read.
    #[error("failed to read `{path}` of the model", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of the model has other bytes than it must have.
    #[error("the model is damaged: `{path}` {why}; run `groma model install`", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file has the right bytes, and yet cannot be used.
    #[error("failed to load `{path}` of the model: {why}", path = path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The model does not run.
    #[error("failed to run the model over {texts} texts of {tokens} tokens at most: {why}")]
    Run {
        /// How many texts.
        texts: usize,
        /// Tokens of the longest of them.
        tokens: usize,
        /// Why.
        why: String,
    },
}
