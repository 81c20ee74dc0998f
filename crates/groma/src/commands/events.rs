//! `groma events`.

mod publish;
mod statistics;
mod tail;
mod types;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

/// What can be done with events.
#[derive(Debug, Subcommand)]
pub(crate) enum Events {
    Tail(tail::Tail),
    Publish(publish::Publish),
    /// Look at types of events, and declare your own
    #[command(subcommand)]
    Types(types::Types),
    Statistics(statistics::Statistics),
}

impl Events {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Tail(args) => args.run(cx).await,
            Self::Publish(args) => args.run(cx).await,
            Self::Types(args) => args.run(cx).await,
            Self::Statistics(args) => args.run(cx).await,
        }
    }
}
