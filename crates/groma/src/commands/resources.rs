//! `groma resources`: things of every domain.

mod export;
mod filters;
mod history;
mod list;
mod name;
mod show;

use clap::Subcommand;
use groma_model::thing::ThingScope;

pub(crate) use filters::Filters;

use crate::context::Context;
use crate::failure::Failure;

/// What can be done with things.
#[derive(Debug, Subcommand)]
pub(crate) enum Resources {
    List(Box<list::List>),
    Show(show::Show),
    History(history::History),
    Export(Box<export::Export>),
}

impl Resources {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::List(args) => args.run(cx).await,
            Self::Show(args) => args.run(cx).await,
            Self::History(args) => args.run(cx).await,
            Self::Export(args) => args.run(cx).await,
        }
    }
}

/// Returns where a thing is, in a few words; segments of networks are left out, for nobody knows their ids.
pub(crate) fn place(scope: &ThingScope) -> String {
    let parts = [
        scope.account.clone(),
        scope.region.clone(),
        scope.connection.map(|id| id.to_string()),
        scope.subnet.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What to do where nothing was found yet.
pub(crate) const NOTHING_YET: &str =
    "nothing is in the inventory yet; find something with: groma scan network 127.0.0.1";
