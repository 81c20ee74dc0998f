//! `groma conversations create`.

use clap::Args;
use groma_api::ConversationRequest;

use crate::context::Context;
use crate::failure::Failure;

/// Begin a conversation
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What it is about
    #[arg(default_value = "", hide_default_value = true)]
    title: String,
}

impl Create {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let request = ConversationRequest { title: self.title };
        let made = cx.change(async |backend| backend.conversation_create(request).await).await?;
        cx.out().print_one(&made, || super::sheet(std::slice::from_ref(&made)))
    }
}
