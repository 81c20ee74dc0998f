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
    let build = |what: &[&str]| run(cargo(&["build", "--release", "--locked"]).args(what));
    build(&["--package", "groma"])?;
    build(&["--package", "groma-network", "--example", "connect_scan"])?;
    let lab = root().join("labs/network").to_string_lossy().into_owned();
    run(&mut command(&lab, &["up"]))?;
    let bench = root().join("bench/network").to_string_lossy().into_owned();
    let mut measured = command(&bench, &[]);
    measured.args(args);
    // Part of the cases is printed, not kept.
    if args.is_empty() {
        measured.arg("--keep").arg(root().join("docs/benchmarks.md"));
    }
    measured.arg(target().join("release/groma")).arg(target().join("release/examples/connect_scan"));
    let measured = run(&mut measured);
    let down = run(&mut command(&lab, &["down"]));
    measured.and(down)
}

fn measure(field: &str, args: &[String]) -> Done {
    // Some fields start the binary itself and measure it from outside.
    run(&mut cargo(&["build", "--release", "--locked", "--package", "groma"]))?;
    let mut bench = cargo(&["run", "--release", "--locked", "--package", "groma-bench", "--", field]);
    run(bench.args(args))
}
