//! `groma`: every operation as a command, and the server.
//!
//! A command talks to [`groma_api::Backend`] alone. Whether that is this process's own or the one of the process
//! that holds the data folder is known only to [`connection`].

mod assets;
mod cli;
mod commands;
mod connection;
mod context;
mod duration;
mod exit;
mod failure;
mod follow;
mod holder;
mod interrupt;
mod local;
mod logging;
mod output;
mod secret;
mod settings;
mod size;
mod watch;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use groma_api::ErrorCode;

use crate::cli::Cli;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::settings::Settings;

/// How long work that cannot be dropped, such as a file being synced, may hold up the end of the process.
const LAST_WORK: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    // Prints help, version and mistakes by itself, and ends with 0 or 2.
    let cli = Cli::parse();
    let format = cli.global.output.unwrap_or_default();
    let settings = match Settings::read(&cli.global) {
        Ok(settings) => settings,
        Err(failure) => return failure.tell(format).into(),
    };
    let format = settings.output;
    logging::begin(&cli.command, &settings.values.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::new(ErrorCode::Internal, format!("could not start threads: {error}"));
            return failure.tell(format).into();
        }
    };
    let ended = runtime.block_on(run(settings, cli.command));
    runtime.shutdown_timeout(LAST_WORK);
    match ended {
        Ok(()) => Exit::DONE.into(),
        Err(failure) => failure.tell(format).into(),
    }
}

async fn run(settings: Settings, command: cli::Command) -> Result<(), Failure> {
    let interrupts = Interrupts::listen()?;
    let tidies =
        matches!(command, cli::Command::Exec(_) | cli::Command::Executions(_) | cli::Command::Plan(_));
    let context = Context { settings, interrupts: interrupts.clone(), tidies };
    tokio::select! {
        ended = Box::pin(commands::run(&context, command)) => ended,
        () = interrupts.end_now() => Err(Failure::Ended(Exit::INTERRUPTED)),
    }
}
