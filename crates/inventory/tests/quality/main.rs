//! Whether people find what they look for: a made-up estate of some hundred things, recorded as engines record them, and a
//! table of what people type. Judged is what a caller gets, by the real model and by spelling alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers fail like the test itself, and what was missed is printed"
)]

mod exact;
mod fleet;
mod judge;
mod known;
mod labels;
mod nothing;
mod table;
mod world;
