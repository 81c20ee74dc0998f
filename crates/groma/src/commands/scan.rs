//! `groma scan`: one command per kind of scan.

mod network;
mod targets;

use clap::Subcommand;

pub(crate) use network::start_and_watch;

use crate::context::Context;
use crate::failure::Failure;

/// The kinds of scan.
#[derive(Debug, Subcommand)]
pub(crate) enum Scan {
    Network(network::Network),
}

impl Scan {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Network(args) => args.run(cx).await,
        }
    }
}
