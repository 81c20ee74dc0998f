//! `groma conversations list`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, say};

/// List your conversations, latest first
#[derive(Debug, Args)]
pub(crate) struct List {}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let list = cx.read(async |backend| backend.conversation_list().await).await?;
        let out = cx.out();
        if out.format == Format::Table && list.conversations.is_empty() {
            say("no conversations; begin one with: groma conversations create TITLE");
            return Ok(());
        }
        out.print(&list, &list.conversations, || super::sheet(&list.conversations))
    }
}
