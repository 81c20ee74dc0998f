//! The inventory's index in memory: what is there, how it is filtered, counted and found.
//!
//! The inventory feeds it with opened documents; nothing here touches a disk or knows a key. Three structures share
//! one numbering of documents (ordinals): the *catalogue* (scopes, times, folded names and identifiers), the *words*
//! (lists of the documents that each is in) and the *vectors*. A search filters first, then ranks: exact names and
//! identifiers, fragments of them, and below these words and meaning fused by reciprocal rank.

mod arena;
mod bitmap;
mod catalogue;
#[cfg(test)]
mod clusters;
mod cursor;
mod document;
mod error;
mod facets;
mod filter;
mod fold;
mod glob;
mod index;
mod interner;
mod list;
mod query;
mod restriction;
mod search;
mod snapshot;
mod synonyms;
mod vectors;
mod words;

pub use bitmap::Bitmap;
pub use cursor::{Cursor, CursorError, Order, Sort, SortKey};
pub use document::Document;
pub use error::SnapshotError;
pub use facets::{Count, Facets, TagFacet};
pub use filter::{Deleted, Filter, TagFilter};
pub use index::{Index, Known, Standing};
pub use list::Listing;
pub use query::{Answer, Correction, Field, Hit, Numbers, Query, Why};
pub use snapshot::SavedVectors;
pub use vectors::{
    Approximate, ApproximateStanding, DIMENSIONS, Exact, Neighbour, VectorIndex, VectorLimits,
};
