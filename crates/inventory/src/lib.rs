//! Things, what tasks saw of them, and the records of tasks, principals and changes.
//!
//! A change and the events that tell it are written in one transaction, or not at all.

mod access;
mod audit;
mod discard;
mod error;
mod executions;
mod hosts;
mod idempotency;
mod inventory;
mod record;
mod reencrypt;
mod scans;
mod sealed;
mod steady;
mod summary;
mod tasks;
mod things;
mod units;

pub use access::{IssuedSession, SessionRecord, TokenRecord};
pub use discard::DiscardEvents;
pub use error::InventoryError;
pub use executions::{KeptLog, LogKey, NewRun, UnfinishedRun};
pub use inventory::{Identity, Inventory};
pub use reencrypt::{Reencrypting, ReencryptionRecord};
pub use tasks::{Interrupted, NewTask, Rest};
