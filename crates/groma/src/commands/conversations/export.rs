//! `groma conversations export`.

use std::path::{Path, PathBuf};

use clap::Args;
use groma_api::{Message, MessageQuery};
use groma_model::ConversationId;
use serde_json::json;

use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, WholeFile, say};
use crate::size;

/// The most messages that one answer has.
const MESSAGES_MAX: u32 = 10_000;

/// Write a conversation with all its messages: as JSON, or as --output says
///
/// With --to, the file stands under its name only once it is whole.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The conversation's id
    id: ConversationId,
    /// The file to write, in place of stdout
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

impl Export {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let query = MessageQuery { last: Some(MESSAGES_MAX) };
        let (conversation, list) = cx
            .read(async |backend| {
                let conversation = backend.conversation_get(self.id).await?;
                Ok((conversation, backend.message_list(self.id, query.clone()).await?))
            })
            .await?;
        let document = json!({"conversation": conversation, "messages": list.messages});
        let mut out = cx.out();
        if out.format == Format::Table {
            out.format = Format::Json;
        }
        let (shown, total) = (list.messages.len() as u64, list.total);
        if shown < total {
            say(format!("warning: only the last {shown} of {total} messages can be had"));
        }
        let Some(path) = self.to else {
            return out.print(&document, &list.messages, || sheet(&list.messages));
        };
        let mut bytes = Vec::new();
        out.write(&mut bytes, &document, &list.messages, || sheet(&list.messages))?;
        keep(&path, &bytes)
    }
}

fn keep(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = WholeFile::begin(path)?;
    file.write(bytes)?;
    let bytes = file.finish()?;
    say(format!("{} written to {}", size::display(bytes), path.display()));
    Ok(())
}

fn sheet(messages: &[Message]) -> Sheet {
    let mut sheet = Sheet::new(&["time", "role", "content", "metadata", "id"]);
    for message in messages {
        let metadata = if message.metadata.is_empty() {
            String::new()
        } else {
            serde_json::Value::Object(message.metadata.clone()).to_string()
        };
        sheet.row(vec![
            message.at.to_string(),
            message.role.as_str().to_owned(),
            message.content.clone(),
            metadata,
            message.id.to_string(),
        ]);
    }
    sheet
}
