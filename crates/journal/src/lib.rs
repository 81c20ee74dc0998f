//! The journal: every event, appended with the change that it tells, read by cursors.
//!
//! A cursor reads from memory while it keeps up and from the file when it does not; the live tail only says that
//! the head moved. Readers see an event after it is on disk, never before.

mod batch;
mod cursor;
mod envelope;
mod event;
mod history;
mod journal;
mod newest;
mod pack;
mod storage;
mod tail;

pub use batch::{Batch, EventSlice};
pub use cursor::{Cursor, Delivery};
pub use event::Event;
pub use history::{HistoryPage, HistoryRequest};
pub use journal::{Journal, JournalError, JournalOptions, NewEvent, Start};
