//! The edge and its client over real sockets, with a small world of their own behind them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what is not as expected fails the test, in helpers too"
)]

mod client;
mod executions;
mod hostile;
mod hostile_wire;
mod http;
mod hygiene;
mod idempotency;
mod limits;
mod page;
mod security;
mod serving;
mod sse;
mod tls;
mod websocket;
mod websocket_protocol;
mod wire;
mod world;
