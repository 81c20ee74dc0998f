//! `groma events types show`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, json_line, text_line};

/// Print the JSON Schema of the data of a type's events
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The type: groma.network.host_discovered, groma.custom.PLUGIN.NAME
    name: String,
}

impl Show {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let schema = cx.read(async |backend| backend.event_type_schema(self.name.clone()).await).await?;
        match cx.out().format {
            Format::Ndjson => json_line(&schema),
            // A schema is JSON, in whatever form the rest is printed.
            _ => text_line(serde_json::to_string_pretty(&schema)?),
        }
    }
}
