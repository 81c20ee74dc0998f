//! The journal: every event, appended with the change that it tells, read by cursors.
//!
//! A cursor reads from memory while it keeps up and from the file when it does not; the live tail only says that
//! the head moved. Readers see an event after it is on disk, never before.

mod batch;
mod consumers;
mod counts;
mod cursor;
mod declare;
mod envelope;
mod event;
mod figures;
mod history;
mod journal;
mod newest;
mod pack;
mod publish;
mod refuse;
mod retention;
mod schema;
mod storage;
mod tail;
mod types;
mod work;
#[cfg(test)]
mod world;

pub use batch::{Batch, EventSlice};
pub use cursor::{Cursor, Delivery};
pub use event::Event;
pub use history::{HistoryPage, HistoryRequest};
pub use journal::{Journal, JournalError, JournalOptions, NewEvent, Start};
pub use publish::PublishRate;
pub use retention::{ArchiveError, ArchivedFile, Hold, list_archive, read_archive};
