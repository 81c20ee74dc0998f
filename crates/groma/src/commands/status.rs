//! `groma status`.

use clap::Args;
use groma_api::Summary;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, moment, optional};

/// Show counts, running scans and what changed lately
#[derive(Debug, Args)]
pub(crate) struct Status {}

impl Status {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let summary = cx.read(async |backend| backend.summary().await).await?;
        cx.out().print_one(&summary, || sheet(&summary))
    }
}

fn sheet(summary: &Summary) -> Sheet {
    let counts = |counts: &std::collections::BTreeMap<String, u64>| {
        let parts: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
        parts.join(", ")
    };
    let mut fields: Vec<(&str, String)> =
        summary.things.iter().map(|(kind, states)| (kind.as_str(), counts(states))).collect();
    let active = summary.active.iter();
    let active = active.map(|scan| format!("{} {:.0} %", scan.id, scan.progress.percent_complete));
    fields.extend([
        ("scans", counts(&summary.scans)),
        ("running", active.collect::<Vec<_>>().join("\n")),
        (
            "last scan",
            optional(summary.last.as_ref().map(|scan| format!("{} {}", scan.id, scan.status.as_str()))),
        ),
        ("new in 24 h", summary.added_last_day.to_string()),
        ("changed in 24 h", summary.changed_last_day.to_string()),
        ("not seen for 7 days", summary.stale.to_string()),
        ("last event", optional(summary.last_event_at.map(moment))),
        ("as of", moment(summary.as_of)),
    ]);
    Sheet::of_fields(fields)
}
