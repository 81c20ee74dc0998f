//! `groma consumers`.

mod delete;
mod list;
mod put;

use clap::Subcommand;
use groma_api::Consumer;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, moment};

/// What can be done with registered readers.
#[derive(Debug, Subcommand)]
pub(crate) enum Consumers {
    List(list::List),
    Put(put::Put),
    Delete(delete::Delete),
}

impl Consumers {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::List(args) => args.run(cx).await,
            Self::Put(args) => args.run(cx).await,
            Self::Delete(args) => args.run(cx).await,
        }
    }
}

fn sheet(consumers: &[Consumer]) -> Sheet {
    let mut sheet = Sheet::new(&["name", "position", "behind", "seen", "expires"]);
    for consumer in consumers {
        sheet.row(vec![
            consumer.name.clone(),
            consumer.position.to_string(),
            consumer.behind.to_string(),
            moment(consumer.seen_at),
            moment(consumer.expires_at),
        ]);
    }
    sheet
}
