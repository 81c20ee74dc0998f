//! Groma's operations, wired: permissions and audit here, everything else in the engines and the spine.

mod app;
mod audit;
mod backend;
mod error;
mod events;
mod gate;
mod metrics;
mod open;
mod results;
mod scans;
mod tasks;

pub use app::App;
pub use groma_database::{DatabaseError, FolderError};
pub use groma_seal::Unlock;
pub use open::{AppOptions, OpenError};
