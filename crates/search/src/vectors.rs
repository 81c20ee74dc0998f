//! Vectors of meaning, and how the nearest are found.

mod approximate;
mod dot;
mod exact;

pub(crate) use approximate::build_in_background;
pub use approximate::{Approximate, ApproximateStanding, VectorLimits};
pub use exact::Exact;

use crate::bitmap::Bitmap;

/// How many numbers a vector has.
pub const DIMENSIONS: usize = 384;

/// A vector that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Whose vector it is.
    pub ordinal: u32,
    /// The cosine between it and the one looked for.
    pub cosine: f32,
}

/// Finds the vectors nearest to one. Vectors are made unit vectors when they come in; one of another length than
/// [`DIMENSIONS`], or that has no direction, is left out.
pub trait VectorIndex: Send + Sync {
    /// Puts a vector in, in place of the one of the same ordinal.
    fn replace(&mut self, ordinal: u32, vector: &[f32]);

    /// Takes a vector out.
    fn remove(&mut self, ordinal: u32);

    /// Returns the `k` nearest of those allowed, nearest first; more when others are as near as the last.
    fn search(&self, query: &[f32], allowed: &Bitmap, k: usize) -> Vec<Neighbour>;

    /// Returns how many vectors there are.
    fn len(&self) -> usize;

    /// Tells whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests;
