//! Fuzz targets: every parser of bytes that come from outside, each with what must hold for its answers.
//!
//! A target is a function of bytes that panics when something does not hold. `cargo xtask fuzz` runs each under
//! libFuzzer for a while; the tests of this crate run each over its seeds, among which are the inputs that once failed.
//! Seeds are files in `seeds/<target>`, and what the targets make up themselves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a target reports what does not hold by a panic"
)]

mod archive;
mod backup;
mod client;
mod database;
mod declare;
mod edge;
mod execution;
mod journal;
mod runtime;
mod scan;
mod sealed;
mod search;
mod stream;
#[cfg(not(test))]
mod webhook;
mod words;

/// Takes in parsers that their crate keeps to itself. By a macro, so that rustfmt does not look for their tests here;
/// for the same reason not where clippy reads this crate as a test.
#[cfg(not(test))]
macro_rules! taken_in {
    ($($path:literal $name:ident),*) => {
        $(
            #[allow(dead_code, reason = "only a part is called here")]
            #[path = $path]
            mod $name;
        )*
    };
}

#[cfg(not(test))]
taken_in!(
    "../../crates/webhook/src/answer.rs" answer,
    "../../crates/webhook/src/guard.rs" guard,
    "../../crates/webhook/src/target.rs" target
);

/// One target.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// How it is chosen; the folder of its seeds.
    pub name: &'static str,
    /// Feeds it with bytes. Panics when something does not hold.
    pub run: fn(&[u8]),
    /// Inputs to begin with, besides the files.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "words", run: words::run, seeds: words::seeds },
    Target { name: "query", run: stream::query, seeds: stream::query_seeds },
    Target { name: "stream", run: stream::request, seeds: stream::request_seeds },
    Target { name: "scan", run: scan::run, seeds: scan::seeds },
    Target { name: "edge", run: edge::run, seeds: edge::seeds },
    Target { name: "client", run: client::run, seeds: client::seeds },
    Target { name: "sealed", run: sealed::envelope, seeds: sealed::envelope_seeds },
    Target { name: "keys", run: sealed::keys, seeds: sealed::keys_seeds },
    Target { name: "journal", run: journal::run, seeds: journal::seeds },
    Target { name: "database", run: database::run, seeds: database::seeds },
    Target { name: "archive", run: archive::run, seeds: archive::seeds },
    Target { name: "declare", run: declare::run, seeds: declare::seeds },
    Target { name: "log", run: execution::log, seeds: execution::log_seeds },
    Target { name: "redact", run: execution::redact, seeds: execution::redact_seeds },
    Target { name: "lines", run: execution::lines, seeds: execution::lines_seeds },
    Target { name: "backup", run: backup::run, seeds: backup::seeds },
    Target { name: "search", run: search::query, seeds: search::query_seeds },
    Target { name: "snapshot", run: search::snapshot, seeds: search::snapshot_seeds },
    #[cfg(not(test))]
    Target { name: "webhook", run: webhook::run, seeds: webhook::seeds },
];

impl Target {
    /// Returns the target of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }
}

/// Makes seeds of texts.
fn texts<const N: usize>(texts: [&str; N]) -> Vec<Vec<u8>> {
    texts.into_iter().map(|text| text.as_bytes().to_vec()).collect()
}
