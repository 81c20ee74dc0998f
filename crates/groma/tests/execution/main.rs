//! Commands and plans run by the built binary, and what happens to them when processes die.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../cli/harness.rs"]
mod harness;

mod exec;
mod holders;
mod leftovers;
mod output;
mod plan;
mod records;
mod secrets;
mod support;
mod terminal;
