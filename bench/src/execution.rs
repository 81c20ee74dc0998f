//! `groma-bench execution`: how fast commands start, how fast their output is taken in, and what that needs.

mod output;
mod part;
mod side;
mod spawn;

use std::path::PathBuf;

use clap::Args;

pub(crate) use part::Part;

use crate::report::Report;
use crate::{Done, workspace};

/// Measure spawning and output, and keep the figures in docs/benchmarks.md
#[derive(Debug, Args)]
pub(crate) struct Execution {
    /// Rounds of each measurement; the sides take turns within a round
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Commands that are started by each side in a round
    #[arg(long, default_value_t = 2000)]
    commands: usize,
    /// Megabytes of output in a round
    #[arg(long, default_value_t = 1000)]
    megabytes: u64,
    /// Gigabytes of output over which memory is watched
    #[arg(long, default_value_t = 10)]
    gigabytes: u64,
    /// Only these measurements; figures are then printed, but not kept
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<What>,
    /// The folder to write in: its disk is part of what is measured
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Commands a second
    Spawn,
    /// The same within a process that has much memory
    Parent,
    /// Output a second
    Output,
    /// Memory over much output
    Memory,
}

impl Execution {
    pub(crate) fn run(self) -> Done {
        let root = match &self.folder {
            Some(folder) => tempfile::tempdir_in(folder)?,
            None => tempfile::tempdir()?,
        };
        let mut report = Report::new("execution");
        let wanted = |what| self.only.is_empty() || self.only.contains(&what);
        if wanted(What::Spawn) {
            spawn::rates(root.path(), self.rounds, self.commands, &mut report)?;
        }
        if wanted(What::Parent) {
            spawn::parents(root.path(), self.rounds, &mut report)?;
        }
        if wanted(What::Output) {
            output::rates(root.path(), self.rounds, self.megabytes, &mut report)?;
        }
        if wanted(What::Memory) {
            output::memory(root.path(), self.gigabytes, &mut report)?;
        }
        report.print()?;
        if self.only.is_empty() {
            report.keep(&workspace().join("docs/benchmarks.md"))?;
        }
        Ok(())
    }
}
