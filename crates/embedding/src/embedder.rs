//! What makes vectors of texts.

use crate::EmbeddingError;

/// How many numbers a vector has.
pub const DIMENSIONS: usize = 384;

/// What an embedder goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EmbedderKind {
    /// Meaning, by a model.
    Model,
    /// Spelling alone; answers found by it say so.
    Lexical,
}

/// Makes vectors of texts.
pub trait Embedder: Send + Sync + std::fmt::Debug {
    /// Returns what it goes by.
    fn kind(&self) -> EmbedderKind;

    /// Names model and version. Vectors of different ids are never compared; the id is kept with each vector.
    fn id(&self) -> &str;

    /// Returns one vector of [`DIMENSIONS`] numbers and length 1 for each text, in their order. A text may be empty.
    /// Blocks, and uses the CPU.
    ///
    /// # Errors
    /// When the model cannot be run.
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError>;
}

/// Makes a vector's length 1. One without a direction gets one: the first axis.
pub(crate) fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|number| f64::from(*number).powi(2)).sum::<f64>().sqrt();
    if length > 0.0 && length.is_finite() {
        vector.iter_mut().for_each(|number| *number = (f64::from(*number) / length) as f32);
    } else {
        vector.fill(0.0);
        vector.iter_mut().take(1).for_each(|number| *number = 1.0);
    }
}
