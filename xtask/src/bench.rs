//! `cargo xtask bench` and `cargo xtask soak`. Scans are measured in the lab by `bench/network`; everything else by
//! the package `groma-bench`.

use clap::Args;

use crate::shell::{Done, cargo, command, root, run, target};

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
        match self.field.as_str() {
            "network" => network(&self.args),
            field => measure(field, &self.args),
        }
    }
}

impl Soak {
    pub(crate) fn run(self) -> Done {
        measure("soak", &self.args)
    }
}

/// Times the scanner in the lab, beside nmap. The lab is taken down again, whatever comes of it.
fn network(args: &[String]) -> Done {
    run(&mut cargo(&[
        "build",
        "--release",
        "--locked",
        "--package",
        "groma-network",
        "--example",
        "connect_scan",
    ]))?;
    let lab = root().join("labs/network").to_string_lossy().into_owned();
    run(&mut command(&lab, &["up"]))?;
    let scanner = target().join("release/examples/connect_scan");
    let scanner = format!("{} -p {{ports}} {{targets}}", scanner.display());
    let bench = root().join("bench/network").to_string_lossy().into_owned();
    let measured = run(command(&bench, &[]).args(args).arg(scanner));
    let down = run(&mut command(&lab, &["down"]));
    measured.and(down)
}

fn measure(field: &str, args: &[String]) -> Done {
    // Some fields start the binary itself and measure it from outside.
    run(&mut cargo(&["build", "--release", "--locked", "--package", "groma"]))?;
    let mut bench = cargo(&["run", "--release", "--locked", "--package", "groma-bench", "--", field]);
    run(bench.args(args))
}
