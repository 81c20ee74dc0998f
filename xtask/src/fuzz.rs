//! `cargo xtask fuzz`: libFuzzer over the targets of the crate `groma-fuzz`.
//!
//! The crate is built with the compiler's own instrumentation, as cargo-fuzz does without a sanitizer: a stable
//! compiler is enough. Corpora grow in the target folder; an input that fails is kept and belongs into
//! `fuzz/seeds/<target>` once what it found is mended.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::shell::{Done, cargo, command, output, root, run, say, target};

/// Feed every parser of outside bytes with inputs that nobody thought of
#[derive(Debug, Args)]
pub(crate) struct Fuzz {
    /// Only these targets
    targets: Vec<String>,
    /// Seconds for each target
    #[arg(long, default_value_t = SHORT.as_secs(), value_name = "SECONDS")]
    seconds: u64,
}

/// What each target gets in the whole test.
const SHORT: Duration = Duration::from_secs(8);
/// An input that takes longer is a finding.
const STUCK_SECONDS: u32 = 20;
/// More memory than any target needs is a finding as well.
const MEMORY_MIB: u32 = 2048;

/// What makes the compiler count edges and tell comparisons to libFuzzer.
const INSTRUMENTATION: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

impl Fuzz {
    pub(crate) fn run(self) -> Done {
        fuzz(&self.targets, Duration::from_secs(self.seconds))
    }
}

/// Runs every target for a short while.
///
/// # Errors
/// When an input fails, or the targets cannot be built.
pub(crate) fn short() -> Done {
    fuzz(&[], SHORT)
}

/// Runs every target, `time` for all of them together.
///
/// # Errors
/// When an input fails, or the targets cannot be built.
pub(crate) fn long(time: Duration) -> Done {
    let count = u32::try_from(names()?.len()).unwrap_or(1).max(1);
    fuzz(&[], (time / count).max(SHORT))
}

fn fuzz(only: &[String], each: Duration) -> Done {
    let known = names()?;
    if let Some(unknown) = only.iter().find(|name| !known.contains(name)) {
        return Err(format!("`{unknown}` is no target; there are: {}", known.join(", ")));
    }
    let program = build()?;
    let mut faults = Vec::new();
    for name in known.iter().filter(|name| only.is_empty() || only.contains(name)) {
        say(&format!("── fuzz {name}, {} s", each.as_secs()));
        faults.extend(one(&program, name, each).err());
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Returns the names of the targets, as the crate's own table has them.
fn names() -> Done<Vec<String>> {
    let path = root().join("fuzz/src/lib.rs");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("could not read {}: {error}", path.display()))?;
    let names = text.split("Target { name: \"").skip(1).filter_map(|rest| rest.split('"').next());
    Ok(names.map(str::to_owned).collect())
}

/// Builds the fuzzer beside everything else: its flags would make cargo build all of that anew.
fn build() -> Done<PathBuf> {
    let told =
        String::from_utf8(output(&mut command("rustc", &["-vV"]))?).map_err(|error| error.to_string())?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| "rustc did not say what it builds for".to_owned())?;
    let folder = target().join("fuzz");
    // With `--target`, flags do not reach build scripts, which could not be linked with them.
    let mut build = cargo(&["build", "--locked", "--package", "groma-fuzz", "--features", "libfuzzer"]);
    build.args(["--bin", "groma-fuzz", "--profile", "fuzz", "--target", host, "--target-dir"]).arg(&folder);
    build.env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENTATION.join("\u{1f}")).env_remove("RUSTFLAGS");
    run(&mut build)?;
    Ok(folder.join(host).join("fuzz/groma-fuzz"))
}

/// Runs one target over its corpus, its seeds, and what comes of them.
fn one(program: &Path, name: &str, time: Duration) -> Done {
    let corpus = folder("corpus", name)?;
    let failed = folder("failed", name)?;
    let seeds = root().join("fuzz/seeds").join(name);
    let mut fuzzer = command(&program.to_string_lossy(), &[]);
    fuzzer.env("GROMA_FUZZ_TARGET", name).env("GROMA_FUZZ_SEEDS", &corpus).env("RUST_BACKTRACE", "1");
    fuzzer.arg(&corpus);
    if seeds.is_dir() {
        fuzzer.arg(&seeds);
    }
    let mut prefix = OsString::from("-artifact_prefix=");
    prefix.push(&failed);
    prefix.push("/");
    fuzzer.arg(prefix);
    fuzzer.arg(format!("-max_total_time={}", time.as_secs()));
    fuzzer.args([format!("-timeout={STUCK_SECONDS}"), format!("-rss_limit_mb={MEMORY_MIB}")]);
    fuzzer.args(["-print_final_stats=1", "-verbosity=0", "-max_len=4096"]);
    run(&mut fuzzer).map_err(|why| {
        format!(
            "{why}\nthe input is in {failed}; to see it again: GROMA_FUZZ_TARGET={name} {program} {failed}/<file>; mend what \
             it found, and keep it in fuzz/seeds/{name}",
            failed = failed.display(),
            program = program.display(),
        )
    })
}

fn folder(what: &str, name: &str) -> Done<PathBuf> {
    let folder = target().join("fuzz").join(what).join(name);
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("could not make {}: {error}", folder.display()))?;
    Ok(folder)
}
