//! Retention: which events are dropped when, for whom they are held, and what becomes of them.
//!
//! A run settles for each type up to where its events may go, reads who they are, archives them if that is asked for,
//! and drops them in small transactions. What a type lost is noted in the transaction that drops it, so that a cursor
//! finds in one snapshot what is left and what is missing.

mod archive;
mod drop;
mod plan;
mod run;
mod settings;
mod victims;

pub(crate) use settings::expiry_seconds;

pub use archive::{ArchiveError, ArchivedFile, list_archive, read_archive};

use groma_model::Sequence;

/// Somebody for whom events are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Who: `webhook …`, `scan …`.
    pub who: String,
    /// Events up to here are not needed any more.
    pub through: Sequence,
}

#[cfg(test)]
mod tests;
