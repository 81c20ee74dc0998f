//! `groma keys`.

mod add;
mod migrate;
mod progress;
mod recover;
mod recovery;
mod remove;
mod rotate;
mod status;
mod target;

use clap::Subcommand;
use groma_api::KeySlot;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, moment, optional};

/// What can be done with the keys of the data folder.
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    Status(status::Status),
    Add(add::Add),
    Remove(remove::Remove),
    Migrate(migrate::Migrate),
    Rotate(rotate::Rotate),
    Recovery(recovery::Recovery),
    Recover(recover::Recover),
}

impl Keys {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Status(args) => args.run(cx).await,
            Self::Add(args) => args.run(cx).await,
            Self::Remove(args) => args.run(cx).await,
            Self::Migrate(args) => args.run(cx).await,
            Self::Rotate(args) => args.run(cx).await,
            Self::Recovery(args) => args.run(cx).await,
            Self::Recover(args) => args.run(cx).await,
        }
    }
}

fn sheet(slots: &[KeySlot]) -> Sheet {
    let mut sheet = Sheet::new(&["id", "kind", "place", "added", "opened by"]);
    for slot in slots {
        sheet.row(vec![
            slot.id.to_string(),
            slot.kind.as_str().to_owned(),
            slot.place.clone().unwrap_or_default(),
            optional(slot.created_at.map(moment)),
            if slot.used { "this one".to_owned() } else { String::new() },
        ]);
    }
    sheet
}
