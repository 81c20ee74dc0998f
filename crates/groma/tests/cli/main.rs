//! The built binary, used as people use it. One module per command, all in one test binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod harness;

mod audit;
mod backup;
mod config;
mod conversations;
mod coverage;
mod doctor;
mod event_types;
mod events;
mod help;
mod holder;
mod hostile;
mod hosts;
mod model;
mod open;
mod query;
mod resources;
mod retention;
mod scan_network;
mod scans;
mod search;
mod serve;
mod status;
mod token;
mod webhooks;
