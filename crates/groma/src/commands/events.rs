//! `groma events`.

mod tail;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

/// What can be done with events.
#[derive(Debug, Subcommand)]
pub(crate) enum Events {
    Tail(tail::Tail),
}

impl Events {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Tail(args) => args.run(cx).await,
        }
    }
}
