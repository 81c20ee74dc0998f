//! Data folders of earlier versions, opened by this one: what a real one left (`form-0006`), what each schema before could
//! hold, and folders whose upgrade was killed, again and again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers fail like the test itself"
)]

mod form;
mod killed;
mod made;
mod story;
