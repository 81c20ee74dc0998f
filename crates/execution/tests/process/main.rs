//! What becomes of processes: everything that the fixture does to get away.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod world;

mod cancel;
mod crash;
mod ends;
mod escape;
mod limits;
mod many;
mod retry;
mod start;
