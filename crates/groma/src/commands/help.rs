//! `groma help`.

use clap::{Args, CommandFactory};

use crate::cli::Cli;
use crate::exit;
use crate::failure::Failure;
use crate::output::text_line;

/// Print help for a command, or on `exit-codes`
#[derive(Debug, Args)]
pub(crate) struct Help {
    /// A command, such as `scan network`, or `exit-codes`
    topic: Vec<String>,
}

impl Help {
    pub(crate) fn run(self) -> Result<(), Failure> {
        if self.topic == ["exit-codes"] {
            return text_line(exit::table().trim_end());
        }
        let mut command = Cli::command();
        command.build();
        let mut found = &mut command;
        for word in &self.topic {
            let known: Vec<String> = found.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
            found = found.find_subcommand_mut(word).ok_or_else(|| {
                Failure::usage(format!("no help on `{word}`")).hint(format!("there is: {}", known.join(", ")))
            })?;
        }
        text_line(found.render_long_help().to_string().trim_end())
    }
}
