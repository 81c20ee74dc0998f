//! Backups that restore: a data folder in encrypted, content-addressed, immutable objects of S3 or of a folder.
//!
//! A [`Repository`] holds the backups of one data folder. What makes one come into being is the last object that is written,
//! and everything that it needs was looked for just before; [`Repository::verify`] reads it back, [`Repository::restore`]
//! brings it back aside and swaps it in. Writers and deleters need no locks: the private module `log` tells why that is safe.

mod bundle;
mod capture;
mod config;
mod create;
mod entry;
mod error;
mod fetch;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod hex;
mod keys;
mod list;
mod log;
mod manifest;
mod name;
mod progress;
mod prune;
mod repository;
mod restore;
mod retention;
mod schedule;
mod source;
mod stock;
mod store;
mod target;
mod verify;

pub use create::{Facts, Made, Request, Witness};
pub use error::BackupError;
pub use keys::BackupKeys;
pub use list::{BackupInfo, Listed};
pub use manifest::JournalHead;
pub use progress::{Phase, Progress, Quiet, Step};
pub use prune::{PrunePolicy, PruneReport};
pub use repository::{KeysFile, Layout, Repository, fetch_keys, unlock};
pub use restore::{RESTORED, RestoreOptions, RestoreReport, Which};
pub use retention::{ForgetReport, Kept, Retention};
pub use schedule::{Schedule, next_run};
pub use source::Source;
pub use target::{Access, S3, Target};
pub use verify::{Depth, VerifyReport};

#[cfg(test)]
mod tests;
