//! `groma webhooks list`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;

/// List webhooks, newest first
#[derive(Debug, Args)]
pub(crate) struct List {}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let list = cx.read(async |backend| backend.webhook_list().await).await?;
        cx.out().print(&list, &list.webhooks, || super::sheet(&list.webhooks))
    }
}
