//! One module per command; the folders mirror the tree of commands.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod consumers;
pub(crate) mod conversations;
pub(crate) mod coverage;
pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod exec;
pub(crate) mod executions;
pub(crate) mod help;
pub(crate) mod hosts;
pub(crate) mod keys;
pub(crate) mod man;
pub(crate) mod model;
pub(crate) mod open;
pub(crate) mod plan;
pub(crate) mod query;
pub(crate) mod resources;
pub(crate) mod retention;
pub(crate) mod scan;
pub(crate) mod scans;
pub(crate) mod search;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod token;
pub(crate) mod webhooks;
pub(crate) mod work;

use crate::cli::Command;
use crate::context::Context;
use crate::failure::Failure;

/// Runs the command that was asked for.
///
/// # Errors
/// Why it did not do what was asked.
pub(crate) async fn run(cx: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(args) => args.run(cx).await,
        Command::Scan(args) => args.run(cx).await,
        Command::Scans(args) => args.run(cx).await,
        Command::Exec(args) => args.run(cx).await,
        Command::Executions(args) => args.run(cx).await,
        Command::Plan(args) => args.run(cx).await,
        Command::Events(args) => args.run(cx).await,
        Command::Retention(args) => args.run(cx).await,
        Command::Consumers(args) => args.run(cx).await,
        Command::Resources(args) => args.run(cx).await,
        Command::Search(args) => args.run(cx).await,
        Command::Query(args) => args.run(cx).await,
        Command::Coverage(args) => args.run(cx).await,
        Command::Model(args) => args.run(cx).await,
        Command::Conversations(args) => args.run(cx).await,
        Command::Backup(args) => args.run(cx).await,
        Command::Hosts(args) => args.run(cx).await,
        Command::Token(args) => args.run(cx).await,
        Command::Webhooks(args) => args.run(cx).await,
        Command::Keys(args) => args.run(cx).await,
        Command::Open(args) => args.run(cx).await,
        Command::Status(args) => args.run(cx).await,
        Command::Audit(args) => args.run(cx).await,
        Command::Doctor(args) => args.run(cx).await,
        Command::Config(args) => args.run(cx),
        Command::Completions(args) => args.run(),
        Command::Man(args) => args.run(),
        Command::Work(args) => args.run(cx).await,
        Command::Help(args) => args.run(),
    }
}
