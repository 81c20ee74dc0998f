//! `groma model`: the language model that search by meaning needs.

mod install;
mod status;

use clap::Subcommand;
use groma_api::{ModelState, ModelStatus};

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, optional, say, word};
use crate::size;

/// What can be done with the model.
#[derive(Debug, Subcommand)]
pub(crate) enum Model {
    Install(install::Install),
    Status(status::Status),
}

impl Model {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Install(args) => args.run(cx).await,
            Self::Status(args) => args.run(cx).await,
        }
    }
}

/// Prints where the model is, and says what to do if it is not used.
fn print(cx: &Context, status: &ModelStatus) -> Result<(), Failure> {
    let out = cx.out();
    out.print_one(status, || sheet(status))?;
    if out.format == Format::Table {
        match status.state {
            ModelState::Absent => say("search by meaning needs it: groma model install"),
            ModelState::Damaged => say("fetch it again with: groma model install"),
            ModelState::Installing => say("watch it with: groma model install"),
            ModelState::Installed if status.queued > 0 => {
                say(format!("{} things wait to be understood; words find them meanwhile", status.queued));
            }
            ModelState::Installed => {}
        }
    }
    Ok(())
}

fn sheet(status: &ModelStatus) -> Sheet {
    let progress = status.progress.as_ref().map(|progress| {
        let total =
            progress.bytes_total.map_or_else(String::new, |total| format!(" of {}", size::display(total)));
        format!("{}, {}{total}", progress.phase, size::display(progress.bytes))
    });
    Sheet::of_fields(vec![
        ("state", word(&status.state)),
        ("embedder in use", status.embedder.clone()),
        ("folder", status.folder.clone()),
        ("size", if status.bytes > 0 { size::display(status.bytes) } else { String::new() }),
        ("things understood", status.embedded.to_string()),
        ("things waiting", status.queued.to_string()),
        ("progress", optional(progress)),
        ("error", optional(status.error.as_ref())),
    ])
}
