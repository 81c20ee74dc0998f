//! What the log tells, and what it never tells.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../cli/harness.rs"]
mod harness;

mod questions;
mod secrets;
