//! `groma completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::failure::Failure;
use crate::output::text_line;

/// Print what a shell needs to complete commands
///
/// For bash: `groma completions bash > ~/.local/share/bash-completion/completions/groma`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "groma", &mut script);
        text_line(script.trim_ascii_end())
    }
}
