//! `groma events types`.

mod list;
mod register;
mod show;

use clap::Subcommand;
use groma_api::EventTypeInfo;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::Sheet;

/// What can be done with types of events.
#[derive(Debug, Subcommand)]
pub(crate) enum Types {
    List(list::List),
    Show(show::Show),
    Register(register::Register),
}

impl Types {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::List(args) => args.run(cx).await,
            Self::Show(args) => args.run(cx).await,
            Self::Register(args) => args.run(cx).await,
        }
    }
}

fn sheet(types: &[EventTypeInfo]) -> Sheet {
    let mut sheet = Sheet::new(&["name", "class", "desktop name", "tells"]);
    for event_type in types {
        sheet.row(vec![
            event_type.name.clone(),
            event_type.class.clone(),
            event_type.desktop_name.clone(),
            event_type.description.clone().unwrap_or_default(),
        ]);
    }
    sheet
}
