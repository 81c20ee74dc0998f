//! Measures what Groma promises of its speed: `cargo xtask bench events`. See bench/README.md.

mod bare;
mod crowd;
mod delivery;
mod descriptors;
mod emit;
mod events;
mod execution;
mod fan_out;
mod idle;
mod load;
mod machine;
mod nats;
mod page;
mod peer;
mod readers;
mod replay;
mod report;
mod rest;
mod sample;
mod server;
mod soak;
mod spread;
mod start;
mod storage;
mod tab;
mod webhooks;
mod world;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

/// Why a measurement could not be made.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;
/// What a measurement returns.
pub(crate) type Done<T = ()> = Result<T, Failure>;

/// Measure Groma
#[derive(Debug, Parser)]
#[command(name = "groma-bench")]
struct Bench {
    #[command(subcommand)]
    field: Field,
}

#[derive(Debug, Subcommand)]
enum Field {
    Events(events::Events),
    Execution(execution::Execution),
    Storage(storage::Storage),
    Soak(soak::Soak),
    #[command(hide = true)]
    Readers(readers::Readers),
    #[command(hide = true)]
    ExecutionPart(execution::Part),
}

fn main() -> ExitCode {
    let measured = match Bench::parse().field {
        Field::Events(args) => args.run(),
        Field::Storage(args) => args.run(),
        Field::Soak(args) => args.run(),
        Field::Readers(args) => args.run(),
        Field::Execution(args) => args.run(),
        Field::ExecutionPart(args) => args.run(),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Returns the folder of the workspace.
pub(crate) fn workspace() -> PathBuf {
    // As cargo says it at run time: checkouts that share a target folder share this program.
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().unwrap_or(&here).to_owned()
}

/// Says on stderr what is going on; there is nobody to be told when that fails.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Waits; nothing tells when a rate's next turn has come but the clock.
pub(crate) fn pause(time: Duration) {
    let (_never, nothing) = std::sync::mpsc::channel::<()>();
    let _ = nothing.recv_timeout(time);
}
