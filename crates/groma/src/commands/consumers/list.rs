//! `groma consumers list`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, say};

/// List registered readers, by name
#[derive(Debug, Args)]
pub(crate) struct List {}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let list = cx.read(async |backend| backend.consumer_list().await).await?;
        let out = cx.out();
        if out.format == Format::Table && list.consumers.is_empty() {
            say("no consumers; register one with: groma consumers put NAME");
            return Ok(());
        }
        out.print(&list, &list.consumers, || super::sheet(&list.consumers))
    }
}
