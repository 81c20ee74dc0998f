//! Measures what Groma promises of its speed: `cargo xtask bench events`. See bench/README.md.

mod emit;
mod events;
mod fan_out;
mod machine;
mod page;
mod replay;
mod report;
mod sample;
mod spread;
mod start;
mod world;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a measurement returns: why it could not be made.
pub(crate) type Done<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

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
}

fn main() -> ExitCode {
    let measured = match Bench::parse().field {
        Field::Events(args) => args.run(),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Says on stderr what is going on; there is nobody to be told when that fails.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
