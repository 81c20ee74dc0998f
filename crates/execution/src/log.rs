//! The log of an execution: the bytes of both streams as they came, and an index of which are which line.
//!
//! The log is the truth about what a command wrote: results, events and pages are read from it.

mod cell;
mod folder;
mod index;
mod memory;
mod note;
mod plain;
mod reader;
mod text;
mod writer;

#[cfg(test)]
pub(crate) mod tests;

pub use memory::MemoryLogs;
pub use note::{Begun, Note, ProcessIdentity, Spawned};
pub use plain::PlainLogs;
pub use reader::{LogPage, LogReader};

#[cfg(feature = "fuzz")]
pub(crate) use cell::index_example;
pub(crate) use reader::remove;
pub(crate) use text::last_drawn;
pub(crate) use writer::{Chunk, LogWriter, append_note, note_bytes, now_ms};

use std::io;

use tokio::task::JoinHandle;

/// Does something that blocks where that harms nobody.
///
/// # Errors
/// When it panicked.
pub(crate) async fn off_thread<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    start_off_thread(act).await.map_err(io::Error::other)
}

/// Begins something that blocks where that harms nobody.
#[expect(
    clippy::disallowed_methods,
    reason = "each execution and each handler has one such call under way at most, and executions are counted"
)]
pub(crate) fn start_off_thread<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    tokio::task::spawn_blocking(act)
}
