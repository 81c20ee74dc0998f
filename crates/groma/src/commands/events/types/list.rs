//! `groma events types list`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;

/// List types of events: Groma's own, then declared ones
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only types that plugins declared
    #[arg(long)]
    custom: bool,
}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let mut list = cx.read(async |backend| backend.event_type_list().await).await?;
        list.types.retain(|event_type| event_type.custom || !self.custom);
        cx.out().print(&list, &list.types, || super::sheet(&list.types))
    }
}
