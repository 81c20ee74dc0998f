//! Conversations and their messages.

use async_trait::async_trait;
use groma_model::{ConversationId, MessageId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::ApiError;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MessageRole {
    /// A person.
    User,
    /// The assistant.
    Assistant,
    /// Groma itself.
    System,
}

impl MessageRole {
    /// Returns the word of the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::System => "system",
        }
    }

    /// Returns the role of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::User, Self::Assistant, Self::System].into_iter().find(|role| role.as_str() == word)
    }
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Conversation {
    /// Its id (random).
    pub id: ConversationId,
    /// What it is about.
    pub title: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When the last message came.
    pub updated_at: Timestamp,
    /// How many messages it has.
    pub messages: u64,
}

/// Body of `POST /v1/conversations`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConversationRequest {
    /// What it is about: up to 200 characters.
    #[serde(default)]
    pub title: String,
}

/// Data of `GET /v1/conversations`, latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationList {
    /// The conversations; at most 1,000.
    pub conversations: Vec<Conversation>,
}

/// A message; it never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Its id (random).
    pub id: MessageId,
    /// Who wrote it.
    pub role: MessageRole,
    /// What it says.
    pub content: String,
    /// What programs keep with it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// When it came.
    pub at: Timestamp,
}

/// Body of `POST /v1/conversations/{id}/messages`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageRequest {
    /// Who wrote it.
    pub role: MessageRole,
    /// What it says: up to 1 MiB.
    pub content: String,
    /// What programs keep with it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
}

/// Query of `GET /v1/conversations/{id}/messages`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessageQuery {
    /// Only the last so many (1 to 10,000); 100 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 10_000)]
    pub last: Option<u32>,
}

/// Data of `GET /v1/conversations/{id}/messages`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MessageList {
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// How many the conversation has.
    pub total: u64,
}

/// Operations on conversations; everybody sees their own alone.
#[async_trait]
pub trait ConversationOperations {
    /// Begins a conversation.
    async fn conversation_create(&self, request: ConversationRequest) -> Result<Conversation, ApiError>;
    /// Lists conversations, latest first.
    async fn conversation_list(&self) -> Result<ConversationList, ApiError>;
    /// Returns one conversation.
    async fn conversation_get(&self, id: ConversationId) -> Result<Conversation, ApiError>;
    /// Deletes a conversation with its messages.
    async fn conversation_delete(&self, id: ConversationId) -> Result<(), ApiError>;
    /// Adds a message.
    async fn message_create(&self, id: ConversationId, request: MessageRequest) -> Result<Message, ApiError>;
    /// Returns the last messages, oldest first.
    async fn message_list(&self, id: ConversationId, query: MessageQuery) -> Result<MessageList, ApiError>;
}
