//! The project's own tasks: `cargo xtask <task>`.

mod bench;
mod fuzz;
mod install;
mod layers;
mod licences;
mod lint;
mod model;
mod oracles;
mod schemas;
mod shell;
mod test;
mod up;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::shell::say;

/// Tasks around the code
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Up(up::Up),
    Test(test::Test),
    Bench(bench::Bench),
    Soak(bench::Soak),
    Fuzz(fuzz::Fuzz),
    Oracles(oracles::Oracles),
    /// Check that dependencies between the crates point down
    Layers,
    /// Check the licences of all dependencies against deny.toml
    Licences,
    Schemas(schemas::Schemas),
    /// Check format, lints, layers and licences
    Lint,
}

fn main() -> ExitCode {
    let ended = match Xtask::parse().task {
        Task::Up(args) => args.run(),
        Task::Test(args) => args.run(),
        Task::Bench(args) => args.run(),
        Task::Soak(args) => args.run(),
        Task::Fuzz(args) => args.run(),
        Task::Oracles(args) => args.run(),
        Task::Layers => layers::check(),
        Task::Licences => licences::check(),
        Task::Schemas(args) => args.run(),
        Task::Lint => lint::check(),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&format!("error: {why}"));
            ExitCode::FAILURE
        }
    }
}
