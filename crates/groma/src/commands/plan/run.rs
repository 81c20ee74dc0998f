//! `groma plan run`.

use std::path::PathBuf;

use clap::Args;
use groma_api::ErrorCode;

use crate::context::Context;
use crate::failure::Failure;

/// Run the steps of a plan here, each as soon as what it depends on has completed
///
/// The plan is a file in YAML or JSON. Steps run in this directory and with this environment, as with `groma exec`.
/// Ctrl-C stops all of them.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The plan; `-` for standard input
    #[arg(value_name = "FILE")]
    plan: PathBuf,
    /// Steps that run at once, in place of what the plan says
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    max_concurrency: Option<u32>,
    /// Only say exactly what would run, and its hash
    #[arg(long)]
    dry_run: bool,
    /// Run only if what would run still has this hash, as --dry-run printed it
    #[arg(long, value_name = "HASH", conflicts_with = "dry_run")]
    approve: Option<String>,
    /// Keep what steps write as plain text, for other programs to read
    #[arg(long)]
    plain_log: bool,
}

impl Run {
    pub(crate) async fn run(self, _cx: &Context) -> Result<(), Failure> {
        let _ = (self.plan, self.max_concurrency, self.dry_run, self.approve, self.plain_log);
        Err(Failure::new(ErrorCode::Unavailable, "plans cannot be run yet"))
    }
}
