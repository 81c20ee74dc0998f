//! Where logs are kept: byte by byte, so that whoever keeps them may seal them.

use std::fmt;
use std::io;
use std::path::PathBuf;

use uuid::Uuid;

/// A part of the log of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogPart {
    /// What was written: the bytes of both streams, whole lines in the order in which they were read.
    Output {
        /// 0 for the beginning; later ones hold the end of a log that reached its limit.
        segment: u32,
    },
    /// Which bytes are which lines of which stream, when they were read, and how it began and ended.
    Index,
}

/// Keeps logs. Every call may block; the engine makes them where that harms nobody.
pub trait LogSink: Send + Sync + fmt::Debug {
    /// Makes a part that is not there yet.
    ///
    /// # Errors
    /// When it is there, or cannot be made.
    fn create(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>>;

    /// Opens a part to be read, also while it is being written.
    ///
    /// # Errors
    /// `NotFound` when there is none, or it cannot be read.
    fn open(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn ReadLog>>;

    /// Goes on with a part that another process left; what it did not finish writing is dropped.
    ///
    /// # Errors
    /// `NotFound` when there is none, or it cannot be written.
    fn resume(&self, id: Uuid, part: LogPart) -> io::Result<Box<dyn AppendLog>>;

    /// Deletes a part; one that is not there is no error.
    ///
    /// # Errors
    /// When it cannot be deleted.
    fn remove(&self, id: Uuid, part: LogPart) -> io::Result<()>;

    /// Returns the executions that have a log.
    ///
    /// # Errors
    /// When the place of the logs cannot be read.
    fn list(&self) -> io::Result<Vec<Uuid>>;

    /// Returns the file of the output, for people; `None` if there is no such thing.
    fn path(&self, id: Uuid) -> Option<PathBuf>;
}

/// Appends to a part of a log.
pub trait AppendLog: Send + fmt::Debug {
    /// Appends all of it, or fails; what was half written is never read.
    ///
    /// # Errors
    /// When it cannot be written, such as on a full disk.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns once everything is on disk.
    ///
    /// # Errors
    /// When the disk refuses.
    fn sync(&mut self) -> io::Result<()>;
}

/// Reads a part of a log.
pub trait ReadLog: Send + fmt::Debug {
    /// Fills `buffer` from `offset` on; returns how much there was, 0 at the present end.
    ///
    /// # Errors
    /// When it cannot be read, or is not what was written.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}
