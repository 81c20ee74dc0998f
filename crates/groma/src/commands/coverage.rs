//! `groma coverage`.

use clap::{Args, ValueEnum};
use groma_api::{Coverage as Answer, CoverageQuery};

use crate::commands::resources::place;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, moment, optional, say};

/// Show which parts of the world were read, when, and how that ended; latest reading first
///
/// Only a part that was read to its end proves that something is gone.
#[derive(Debug, Args)]
pub(crate) struct Coverage {
    /// Of these kinds, separated by commas; `*` stands for anything: 'network.*'
    #[arg(long = "type", value_name = "KINDS", value_delimiter = ',')]
    kinds: Vec<String>,
    /// How the last reading ended; several are separated by commas
    #[arg(long, value_enum, value_name = "STATES", value_delimiter = ',')]
    state: Vec<State>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum State {
    /// Read to its last page without error
    Complete,
    /// The caller may not read it
    Denied,
    /// The service would not answer so many calls
    Throttled,
    /// The service does not exist there
    Unsupported,
    /// Somebody stopped the reading
    Cancelled,
    /// It could not be read for another reason
    Failed,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Unsupported => "unsupported",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }
}

impl Coverage {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let states: Vec<&str> = self.state.iter().map(|state| state.as_str()).collect();
        let query = CoverageQuery {
            kind: (!self.kinds.is_empty()).then(|| self.kinds.join(",")),
            state: (!states.is_empty()).then(|| states.join(",")),
            limit: Some(self.limit),
        };
        let coverage = cx.read(async |backend| backend.coverage_list(query.clone()).await).await?;
        let out = cx.out();
        if out.format == Format::Table && coverage.slices.is_empty() {
            say(if query.kind.is_none() && query.state.is_none() {
                "nothing was read yet; begin with: groma scan network 127.0.0.1"
            } else {
                "no part of the world that was read fits"
            });
            return Ok(());
        }
        out.print(&coverage, &coverage.slices, || sheet(&coverage))?;
        if out.format == Format::Table {
            let states = coverage.states.iter().map(|(state, count)| format!("{count} {state}"));
            say(states.collect::<Vec<_>>().join(", "));
        }
        Ok(())
    }
}

fn sheet(coverage: &Answer) -> Sheet {
    let headings = ["kind", "place", "state", "things", "read", "last complete", "counted", "reason", "scan"];
    let mut sheet = Sheet::new(&headings).spare(&[8, 6]);
    for slice in &coverage.slices {
        let counted = slice.proof.iter().map(|(what, count)| format!("{count} {}", what.replace('_', " ")));
        sheet.row(vec![
            slice.kind.clone(),
            place(&slice.scope),
            slice.state.as_str().to_owned(),
            slice.things.to_string(),
            moment(slice.at),
            optional(slice.completed_at.map(moment)),
            counted.collect::<Vec<_>>().join(", "),
            slice.reason.clone().unwrap_or_default(),
            slice.scan.to_string(),
        ]);
    }
    sheet
}
