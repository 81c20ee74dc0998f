//! What goes wrong.

/// Returned when a snapshot cannot be written or read. It is a copy of what the inventory has: build the index anew.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The bytes could not be read or written.
    #[error(
        "the snapshot of the search index could not be copied: {0}; build the index anew from the inventory"
    )]
    Io(#[from] std::io::Error),
    /// It was made by another version.
    #[error("the snapshot of the search index has form {found}, not {expected}: build the index anew")]
    Version {
        /// What it says.
        found: u32,
        /// What this version writes.
        expected: u32,
    },
    /// It is damaged, or no snapshot.
    #[error("the snapshot of the search index is damaged ({what}): build the index anew from the inventory")]
    Damaged {
        /// What does not fit.
        what: &'static str,
    },
    /// Words are still to be taken in.
    #[error("the search index still has words to take in: build them before a snapshot is taken")]
    Unready,
}
