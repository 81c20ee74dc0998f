//! `cargo xtask bench` and `cargo xtask soak`: both live in the package `groma-bench`.

use clap::Args;

use crate::shell::{Done, cargo, run};

/// Measure a field, such as `events` or `network`
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// What to measure; `--help` behind it lists its options
    field: String,
    /// Passed on
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

/// Run for a long time under load, and watch memory and order
#[derive(Debug, Args)]
pub(crate) struct Soak {
    /// Passed on
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

impl Bench {
    pub(crate) fn run(self) -> Done {
        measure(&self.field, &self.args)
    }
}

impl Soak {
    pub(crate) fn run(self) -> Done {
        measure("soak", &self.args)
    }
}

fn measure(field: &str, args: &[String]) -> Done {
    // Some fields start the binary itself and measure it from outside.
    run(&mut cargo(&["build", "--release", "--locked", "--package", "groma"]))?;
    let mut bench = cargo(&["run", "--release", "--locked", "--package", "groma-bench", "--", field]);
    run(bench.args(args))
}
