//! `groma events types register`.

use std::path::PathBuf;

use clap::Args;
use groma_api::{EventClass, EventTypeRequest};

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, say};

/// Declare a type of events, or widen the schema of one
///
/// Declaring the same again changes nothing. A schema that would break readers of events published before is refused:
/// fields may be added, none taken away or given another meaning.
#[derive(Debug, Args)]
pub(crate) struct Register {
    /// groma.custom.PLUGIN.NAME, of lower-case letters, digits and `_`
    name: String,
    /// A file with the JSON Schema of the data
    #[arg(long, value_name = "FILE")]
    schema: PathBuf,
    /// Keep its events for a short time only, and give slow readers the newest of each subject alone
    #[arg(long)]
    latest: bool,
    /// The name under which the desktop window emits it; the last part of NAME unless told
    #[arg(long, value_name = "NAME")]
    desktop_name: Option<String>,
    /// For people: what its events tell
    #[arg(long)]
    description: Option<String>,
}

impl Register {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let shown = self.schema.display();
        let text = std::fs::read(&self.schema)
            .map_err(|error| Failure::usage(format!("`{shown}` cannot be read: {error}")))?;
        let schema = serde_json::from_slice(&text)
            .map_err(|error| Failure::usage(format!("`{shown}` is no JSON: {error}")))?;
        let request = EventTypeRequest {
            name: self.name,
            schema,
            class: if self.latest { EventClass::Latest } else { EventClass::Kept },
            desktop_name: self.desktop_name,
            description: self.description,
        };
        let info = cx.change(async |backend| backend.event_type_register(request).await).await?;
        let out = cx.out();
        if out.format == Format::Table {
            say(format!(
                "declared {}: publish its events with: groma events publish {}",
                info.name, info.name
            ));
        }
        out.print_one(&info, || super::sheet(std::slice::from_ref(&info)))
    }
}
