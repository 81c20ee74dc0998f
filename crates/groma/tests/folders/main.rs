//! Data folders that pass from process to process, and folders that refuse.
//!
//! Needs root, for full and read-only disks and for folders of other users.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../cli/harness.rs"]
mod harness;
mod journal;
#[path = "../support/keeper.rs"]
mod keeper;

mod damage;
mod disk;
mod handover;
mod place;
