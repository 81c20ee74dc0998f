//! The one file: a data folder with its lock, one SQLite database with one writer, pooled readers, and
//! forward-only migrations. What is in the tables is known to `groma-journal` and `groma-inventory` alone.

mod apart;
mod database;
mod examine;
mod file;
mod folder;
mod migrations;
mod readers;
mod writer;

pub use apart::apart;
pub use database::{Database, DatabaseError, Opened, ReadError};
pub use examine::{Examined, examine};
pub use folder::{Folder, FolderError, Holder, Look};
pub use rusqlite;
pub use writer::{Health, OpError, WriteError, WriteTx};
