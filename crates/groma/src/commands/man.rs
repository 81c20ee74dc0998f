//! `groma man`.

use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};
use clap_mangen::Man as Page;

use crate::cli::Cli;
use crate::failure::Failure;
use crate::output::text_line;

/// Print the manual page, or write those of all commands
///
/// `groma man | man -l -` shows it; `groma man --dir ~/.local/share/man/man1` installs them all.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Write one page per command into this folder, which is made if need be
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut command = Cli::command();
        command.build();
        match self.dir {
            None => {
                let mut page = Vec::new();
                Page::new(command).render(&mut page)?;
                text_line(page.trim_ascii_end())
            }
            Some(folder) => {
                let failed = |error: std::io::Error| {
                    Failure::usage(format!("could not write manual pages to {}: {error}", folder.display()))
                };
                std::fs::create_dir_all(&folder).map_err(failed)?;
                let count = write(&command, "groma", &folder).map_err(failed)?;
                text_line(format!("{count} manual pages are in {}", folder.display()))
            }
        }
    }
}

/// Writes the page of a command and of those below it; returns how many.
fn write(command: &clap::Command, name: &str, folder: &Path) -> std::io::Result<usize> {
    let mut page = Vec::new();
    Page::new(command.clone().name(name.to_owned())).render(&mut page)?;
    std::fs::write(folder.join(format!("{name}.1")), page)?;
    let mut count = 1;
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        count += write(below, &format!("{name}-{}", below.get_name()), folder)?;
    }
    Ok(count)
}
