//! The application as a whole, in process: lives of scans, who may do what, the audit, damage, and what rests in the
//! clear.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test's helpers fail like the test itself"
)]

mod access;
mod audit;
mod clock;
mod damage;
mod executions;
mod idempotency;
mod lifecycle;
mod lines;
mod lost;
mod retention;
mod secrets;
mod secrets_inventory;
mod seed;
mod support;
