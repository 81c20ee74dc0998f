//! `groma conversations delete`.

use clap::Args;
use groma_model::ConversationId;

use crate::context::Context;
use crate::failure::Failure;

/// Delete a conversation with its messages
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The conversation's id
    id: ConversationId,
}

impl Delete {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        cx.change(async |backend| backend.conversation_delete(self.id).await).await
    }
}
