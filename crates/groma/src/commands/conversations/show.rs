//! `groma conversations show`.

use clap::Args;
use groma_api::MessageQuery;
use groma_model::ConversationId;
use serde_json::json;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, say, text_line};

/// Show a conversation and its last messages, oldest first
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The conversation's id
    id: ConversationId,
    /// Only the last so many messages
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    last: u32,
}

impl Show {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let query = MessageQuery { last: Some(self.last) };
        let (conversation, list) = cx
            .read(async |backend| {
                let conversation = backend.conversation_get(self.id).await?;
                Ok((conversation, backend.message_list(self.id, query.clone()).await?))
            })
            .await?;
        let out = cx.out();
        let document = json!({"conversation": conversation, "messages": list.messages});
        if out.format != Format::Table {
            return out.print(&document, &list.messages, || super::messages(&list.messages));
        }
        out.print_one(&conversation, || super::sheet(std::slice::from_ref(&conversation)))?;
        if !list.messages.is_empty() {
            text_line("")?;
            out.print(&list, &list.messages, || super::messages(&list.messages))?;
        }
        let (shown, total) = (list.messages.len() as u64, list.total);
        if shown < total {
            say(format!("the last {shown} of {total} messages; more with --last N"));
        }
        Ok(())
    }
}
