//! `groma conversations`.

mod add;
mod create;
mod delete;
mod export;
mod list;
mod show;

use clap::Subcommand;
use groma_api::{Conversation, Message};

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Sheet, moment};

/// What can be done with conversations.
#[derive(Debug, Subcommand)]
pub(crate) enum Conversations {
    Create(create::Create),
    List(list::List),
    Show(show::Show),
    Add(add::Add),
    Export(export::Export),
    Delete(delete::Delete),
}

impl Conversations {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        match self {
            Self::Create(args) => args.run(cx).await,
            Self::List(args) => args.run(cx).await,
            Self::Show(args) => args.run(cx).await,
            Self::Add(args) => args.run(cx).await,
            Self::Export(args) => args.run(cx).await,
            Self::Delete(args) => args.run(cx).await,
        }
    }
}

fn sheet(conversations: &[Conversation]) -> Sheet {
    let mut sheet = Sheet::new(&["id", "title", "messages", "created", "last message"]);
    for conversation in conversations {
        sheet.row(vec![
            conversation.id.to_string(),
            conversation.title.clone(),
            conversation.messages.to_string(),
            moment(conversation.created_at),
            moment(conversation.updated_at),
        ]);
    }
    sheet
}

fn messages(messages: &[Message]) -> Sheet {
    let mut sheet = Sheet::new(&["time", "role", "content"]);
    for message in messages {
        sheet.row(vec![moment(message.at), message.role.as_str().to_owned(), message.content.clone()]);
    }
    sheet
}
