//! `cargo xtask test`: everything that has to hold, in parts, each timed.

mod part;

use std::time::{Duration, Instant};

use clap::Args;

use crate::shell::{Done, say};
use part::Part;

/// Check everything: format, lints, layers, licences, schemas, Rust tests, the page, end to end
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Only these parts
    #[arg(long, value_enum, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// All parts but these
    #[arg(long, value_enum, value_name = "PART", value_delimiter = ',', conflicts_with = "only")]
    skip: Vec<Part>,
}

/// How a part came out.
struct Outcome {
    part: Part,
    took: Duration,
    fault: Option<String>,
}

impl Test {
    pub(crate) fn run(self) -> Done {
        let wanted = |part: &Part| match self.only.is_empty() {
            true => !self.skip.contains(part),
            false => self.only.contains(part),
        };
        let begun = Instant::now();
        let mut outcomes = Vec::new();
        for part in Part::ORDER.iter().copied().filter(wanted) {
            say(&format!("── {}", part.name()));
            let begun = Instant::now();
            let fault = part.run().err();
            if let Some(fault) = &fault {
                say(&format!("{} failed: {fault}", part.name()));
            }
            outcomes.push(Outcome { part, took: begun.elapsed(), fault });
        }
        say(&table(&outcomes, begun.elapsed()));
        let failed: Vec<&str> = outcomes
            .iter()
            .filter(|outcome| outcome.fault.is_some())
            .map(|outcome| outcome.part.name())
            .collect();
        if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
    }
}

fn table(outcomes: &[Outcome], whole: Duration) -> String {
    let mut text = String::from("── seconds per part\n");
    for outcome in outcomes {
        let verdict = if outcome.fault.is_some() { "FAILED" } else { "ok" };
        text.push_str(&format!(
            "{:>9.1}  {:<12} {verdict}\n",
            outcome.took.as_secs_f64(),
            outcome.part.name()
        ));
    }
    text.push_str(&format!("{:>9.1}  in all", whole.as_secs_f64()));
    text
}
