//! Who opens the data folder: every way of it, with the built binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../cli/harness.rs"]
mod harness;

mod keychain;
mod rotation;
mod slots;
mod terminal;
