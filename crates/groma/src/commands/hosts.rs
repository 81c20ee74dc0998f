//! `groma hosts`.

mod list;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

/// What can be done with hosts.
#[derive(Debug, Subcommand)]
pub(crate) enum Hosts {
    List(list::List),
    Show(show::Show),
}

impl Hosts {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::List(args) => args.run(cx).await,
            Self::Show(args) => args.run(cx).await,
        }
    }
}
