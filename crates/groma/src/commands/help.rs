//! `groma help`.

use clap::{Args, Command, CommandFactory};

use crate::cli::Cli;
use crate::exit;
use crate::failure::Failure;
use crate::output::text_line;

/// Print what there is, help for a command, or the exit codes
#[derive(Debug, Args)]
pub(crate) struct Help {
    /// A command, such as `scan network`, or `exit-codes`
    topic: Vec<String>,
}

/// Every command, by what it is for; a test asserts that none is forgotten.
const GROUPS: &[(&str, &[&str])] = &[
    ("Find what you run", &["scan", "scans", "resources", "search", "query", "hosts", "coverage", "status"]),
    ("Run commands and see what they did", &["exec", "plan", "executions"]),
    ("Follow what changes", &["events", "webhooks", "consumers", "retention"]),
    ("Serve the page and the API", &["serve", "open", "token", "audit"]),
    ("Keep what was said", &["conversations"]),
    (
        "Look after Groma itself",
        &["backup", "keys", "model", "doctor", "config", "completions", "man", "help"],
    ),
];

const FIRST_STEPS: &str = "\
First steps
  groma scan network 10.1.0.0/24      scan a network of yours; private addresses alone, unless told otherwise
  groma resources list                what was found
  groma search web server             what is like it, by words and meaning
  groma events tail --follow          what happens, from another terminal
  groma exec -- uname -a              run something; what it writes is kept
  groma serve                         the page and the API, on this machine
  groma doctor                        what may be wrong, and what to do about it

`groma help COMMAND` explains a command, `groma help exit-codes` how commands end, `groma config reference` every
setting. Every command takes --data-dir, --config and --output table|json|ndjson|csv.";

impl Help {
    pub(crate) fn run(self) -> Result<(), Failure> {
        if self.topic == ["exit-codes"] {
            return text_line(format!("{}\n{}", exit::table(), exit::OF_COMMANDS));
        }
        let mut command = Cli::command();
        command.build();
        if self.topic.is_empty() {
            return text_line(overview(&command));
        }
        let mut found = &mut command;
        for word in &self.topic {
            let known: Vec<String> = found
                .get_subcommands()
                .filter(|sub| !sub.is_hide_set())
                .map(|sub| sub.get_name().to_owned())
                .collect();
            let nothing = || {
                let hint = match known.as_slice() {
                    [] => "it has no commands below it".to_owned(),
                    known => format!("there is: {}", known.join(", ")),
                };
                Failure::usage(format!("no help on `{word}`")).hint(hint)
            };
            found = found.find_subcommand_mut(word).ok_or_else(nothing)?;
        }
        text_line(found.render_long_help().to_string().trim_end())
    }
}

/// Lists every command in a line, by what it is for.
fn overview(command: &Command) -> String {
    let mut text = String::from("Groma: a live map of everything you run\n\n");
    for (heading, names) in GROUPS {
        text.push_str(heading);
        text.push('\n');
        for name in *names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            text.push_str(&format!("  {name:<14} {about}\n"));
        }
        text.push('\n');
    }
    text.push_str(FIRST_STEPS);
    text
}

#[cfg(test)]
mod tests;
