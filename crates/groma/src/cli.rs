//! The command line: options that every command takes, and the tree of commands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands;
use crate::output::Format;

/// A live map of everything you run
///
/// Groma finds what you run, keeps it, and streams every change as an event. Data lives in one folder; whichever
/// process holds it serves the others, so that commands work the same with and without a server.
#[derive(Debug, Parser)]
#[command(name = "groma", version, disable_help_subcommand = true, subcommand_required = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// The folder with Groma's data [env: GROMA_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The configuration file
    #[arg(long, global = true, env = "GROMA_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The file with the key that opens the data; made at the first start [env: GROMA_KEY_FILE]
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "passphrase_file")]
    pub(crate) key_file: Option<PathBuf>,
    /// A file whose first line is the passphrase that opens the data, in place of a key file [env: GROMA_PASSPHRASE_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// How data is printed
    #[arg(long, short = 'o', global = true, value_enum, value_name = "FORM")]
    pub(crate) output: Option<Format>,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(commands::serve::Serve),
    /// Start a scan and watch it
    #[command(subcommand)]
    Scan(commands::scan::Scan),
    /// Look at scans, stop them, go on with them
    #[command(subcommand)]
    Scans(commands::scans::Scans),
    Exec(commands::exec::Exec),
    /// Run several commands as one plan, and look at plans that ran
    #[command(subcommand)]
    Plan(commands::plan::Plan),
    /// Look at commands that run or ran, what they wrote, and stop them
    #[command(subcommand)]
    Executions(commands::executions::Executions),
    /// Read the journal, publish events of your own
    #[command(subcommand)]
    Events(commands::events::Events),
    /// Settle how long events are kept
    #[command(subcommand)]
    Retention(commands::retention::Retention),
    /// Register readers for which events are kept
    #[command(subcommand)]
    Consumers(commands::consumers::Consumers),
    /// Look at the things of the inventory, what changed about them, and export them
    #[command(subcommand)]
    Resources(commands::resources::Resources),
    Search(Box<commands::search::Search>),
    Query(commands::query::Query),
    Coverage(commands::coverage::Coverage),
    /// Look at the hosts of the inventory
    #[command(subcommand)]
    Hosts(commands::hosts::Hosts),
    /// Make and revoke the tokens of other programs
    #[command(subcommand)]
    Token(commands::token::Token),
    /// Deliver events to other people's servers
    #[command(subcommand)]
    Webhooks(commands::webhooks::Webhooks),
    /// Make backups, prove that they restore, settle when and where they are made
    #[command(subcommand)]
    Backup(commands::backup::Backup),
    /// Install the language model that search by meaning needs
    #[command(subcommand)]
    Model(commands::model::Model),
    /// Keep conversations and their messages
    #[command(subcommand)]
    Conversations(commands::conversations::Conversations),
    /// Look after the keys that open the data folder
    #[command(subcommand)]
    Keys(commands::keys::Keys),
    Open(commands::open::Open),
    Status(commands::status::Status),
    Audit(commands::audit::Audit),
    Doctor(commands::doctor::Doctor),
    /// Look at the configuration
    #[command(subcommand)]
    Config(commands::config::Config),
    Completions(commands::completions::Completions),
    Man(commands::man::Man),
    #[command(hide = true)]
    Work(commands::work::Work),
    Help(commands::help::Help),
}

#[cfg(test)]
mod tests;
