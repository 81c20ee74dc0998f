//! `groma retention`.

mod archive;
mod run;
mod set;
mod show;

use clap::Subcommand;
use groma_api::Retention as Policy;

use crate::context::Context;
use crate::duration::display_seconds;
use crate::failure::Failure;
use crate::output::{Sheet, moment, optional};
use crate::size;

/// What can be done with old events.
#[derive(Debug, Subcommand)]
pub(crate) enum Retention {
    Show(show::Show),
    Set(Box<set::Set>),
    Run(run::Run),
    /// Read events that were archived before they were dropped
    #[command(subcommand)]
    Archive(archive::Archive),
}

impl Retention {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Show(args) => args.run(cx).await,
            Self::Set(args) => args.run(cx).await,
            Self::Run(args) => args.run(cx).await,
            Self::Archive(args) => args.run(cx),
        }
    }
}

fn sheet(policy: &Policy) -> Sheet {
    let mut fields = Vec::new();
    for rule in &policy.rules {
        let age = rule.max_age_seconds.map(|seconds| format!("for {}", display_seconds(seconds)));
        let size = rule.max_bytes.map(|bytes| format!("up to {}", size::display(bytes)));
        let kept: Vec<String> = age.into_iter().chain(size).collect();
        let kept = if kept.is_empty() { "for ever".to_owned() } else { kept.join(", ") };
        fields.push(("rule", format!("{} are kept {kept}", rule.types)));
    }
    let ceiling = match policy.disk_max_bytes {
        0 => "none".to_owned(),
        bytes => size::display(bytes),
    };
    let archive = if policy.archive { policy.archive_folder.clone() } else { "no".to_owned() };
    fields.extend([
        ("ceiling", ceiling),
        ("archive", archive),
        ("silent consumers expire after", display_seconds(policy.consumer_expiry_seconds)),
        ("events", policy.events.to_string()),
        ("their data", size::display(policy.bytes)),
        ("database", size::display(policy.disk_bytes)),
        ("oldest", optional(policy.oldest_at.map(moment))),
        ("held by", policy.held_by.join(", ")),
    ]);
    if let Some(run) = &policy.last_run {
        fields.push(("last dropped", format!("{} events at {}", run.events, moment(run.at))));
    }
    Sheet::of_fields(fields)
}
