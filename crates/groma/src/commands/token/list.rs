//! `groma token list`.

use clap::Args;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, say};

/// List bearer tokens, newest first
#[derive(Debug, Args)]
pub(crate) struct List {}

impl List {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let list = cx.read(async |backend| backend.token_list().await).await?;
        let out = cx.out();
        if out.format == Format::Table && list.tokens.is_empty() {
            say("no tokens; make one with: groma token create --name ci --scope read --expires 90d");
            return Ok(());
        }
        out.print(&list, &list.tokens, || super::sheet(&list.tokens))
    }
}
