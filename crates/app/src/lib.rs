//! Groma's operations, wired: permissions and audit here, everything else in the engines and the spine.

mod app;
mod archive;
mod audit;
mod backend;
mod backups;
mod conversations;
mod error;
mod event_types;
mod events;
mod examine;
pub mod execution;
mod executions;
mod gate;
mod keys;
mod metrics;
mod model;
mod open;
mod resources;
mod results;
mod retention;
mod runs;
mod scans;
mod search;
mod tasks;
mod webhooks;

pub use app::App;
pub use backups::{RestoreRequest, RestoreStep, RestoreWhich, Restored, restore};
pub use archive::{Archive, ArchiveFile, ArchiveRefusal};
pub use examine::{Examination, Free, examine, served_at, socket_of};
pub use groma_database::{DatabaseError, Examined, FolderError, apart};
pub use groma_inventory::{VIEWS, View};
pub use groma_seal::{Ask, KeyringError, Question, SlotInfo, Unlock};
pub use open::{AppOptions, OpenError};
