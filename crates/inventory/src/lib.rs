//! Things, what tasks saw of them, and the records of tasks, principals and changes.
//!
//! A change and the events that tell it are written in one transaction, or not at all.

mod access;
mod audit;
mod backups;
mod conversations;
mod coverage;
mod difference;
mod discard;
mod error;
mod executions;
mod feed;
mod hosts;
mod idempotency;
mod inventory;
mod query;
mod record;
mod reencrypt;
mod resources;
mod retention;
mod scans;
mod sealed;
mod search;
mod steady;
mod summary;
mod tasks;
#[cfg(test)]
mod testing;
mod things;
mod units;
mod upgrade;
mod witness;

pub use access::{IssuedSession, SessionRecord, TokenRecord};
pub use backups::{BackupPlan, BackupRecord};
pub use discard::DiscardEvents;
pub use error::InventoryError;
pub use executions::{KeptLog, LogKey, NewRun, UnfinishedRun};
pub use inventory::{Identity, Inventory};
pub use query::{VIEWS, View};
pub use reencrypt::{Reencrypting, ReencryptionRecord};
pub use retention::Forgotten;
pub use search::{BATCH, Embedded, Found, Meaning, SearchIndex, UsualName};
pub use tasks::{Interrupted, NewTask, Rest};
pub use witness::{Testimony, testify};
