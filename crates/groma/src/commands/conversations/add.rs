//! `groma conversations add`.

use std::io::Read as _;

use clap::{Args, ValueEnum};
use groma_api::{MessageRequest, MessageRole};
use groma_model::ConversationId;
use serde_json::{Map, Value};

use crate::context::Context;
use crate::failure::Failure;

/// No message is longer.
const BYTES_MAX: u64 = 1024 * 1024;

/// Add a message to a conversation; it never changes
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The conversation's id
    id: ConversationId,
    /// What it says; `-` reads it from stdin
    content: String,
    /// Who says it
    #[arg(long, value_enum, default_value_t = Role::User)]
    role: Role,
    /// What programs keep with it: a JSON object
    #[arg(long, value_name = "JSON", value_parser = object)]
    metadata: Option<Map<String, Value>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// A person
    User,
    /// The assistant
    Assistant,
    /// Groma itself
    System,
}

impl From<Role> for MessageRole {
    fn from(role: Role) -> Self {
        match role {
            Role::User => Self::User,
            Role::Assistant => Self::Assistant,
            Role::System => Self::System,
        }
    }
}

impl Add {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let request = MessageRequest {
            role: self.role.into(),
            content: content(self.content)?,
            metadata: self.metadata.unwrap_or_default(),
        };
        let message = cx.change(async |backend| backend.message_create(self.id, request).await).await?;
        cx.out().print_one(&message, || super::messages(std::slice::from_ref(&message)))
    }
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    serde_json::from_str(text).map_err(|error| format!("`{text}` is no JSON object: {error}"))
}

fn content(argument: String) -> Result<String, Failure> {
    if argument != "-" {
        return Ok(argument);
    }
    let mut text = String::new();
    let refuse = |why: String| Failure::usage(format!("could not read the message from stdin: {why}"));
    let read = std::io::stdin().lock().take(BYTES_MAX + 1).read_to_string(&mut text);
    match read {
        Err(error) => Err(refuse(error.to_string())),
        Ok(bytes) if bytes as u64 > BYTES_MAX => Err(refuse("it is longer than 1 MiB".to_owned())),
        Ok(_) => Ok(text),
    }
}
