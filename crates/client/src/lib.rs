//! A [`Backend`](groma_api::Backend) that asks the holder of the data folder: over its unix socket, or over HTTP.
//!
//! Paths and methods come from `groma_api::OPERATIONS`, so none is written twice.

mod backend;
mod backups;
mod client;
mod conversations;
mod event_types;
mod executions;
mod keys;
mod lines;
mod request;
mod resources;
mod retention;
mod runs;
mod search;
mod webhooks;

pub use client::Client;
pub use lines::UNKNOWN_EVENT_TYPE;
