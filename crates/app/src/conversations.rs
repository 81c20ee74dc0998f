//! Conversations and their messages; everybody has their own.

use async_trait::async_trait;
use groma_api::{
    ApiError, Conversation, ConversationList, ConversationOperations, ConversationRequest, Message,
    MessageList, MessageQuery, MessageRequest,
};
use groma_model::ConversationId;

use crate::backend::Caller;
use crate::error;
use crate::scans::limit;

const TITLE_CHARACTERS_MAX: usize = 200;
const CONTENT_BYTES_MAX: usize = 1 << 20;
const METADATA_BYTES_MAX: usize = 64 << 10;

#[async_trait]
impl ConversationOperations for Caller {
    async fn conversation_create(&self, request: ConversationRequest) -> Result<Conversation, ApiError> {
        let act = async {
            let title = request.title.trim().to_owned();
            if title.chars().count() > TITLE_CHARACTERS_MAX {
                let detail = format!("a title has at most {TITLE_CHARACTERS_MAX} characters");
                return Err(ApiError::invalid("title", detail));
            }
            let made = self.app.inventory.create_conversation(self.principal.id, title).await;
            made.map_err(error::inventory)
        };
        self.audited("conversation_create", None, String::new(), act).await
    }

    async fn conversation_list(&self) -> Result<ConversationList, ApiError> {
        self.allow("conversation_list")?;
        let found = self.app.inventory.conversations(self.principal.id).await;
        Ok(ConversationList { conversations: found.map_err(error::inventory)? })
    }

    async fn conversation_get(&self, id: ConversationId) -> Result<Conversation, ApiError> {
        self.allow("conversation_get")?;
        self.app.inventory.conversation(self.principal.id, id).await.map_err(error::inventory)
    }

    async fn conversation_delete(&self, id: ConversationId) -> Result<(), ApiError> {
        let act = async {
            self.app.inventory.delete_conversation(self.principal.id, id).await.map_err(error::inventory)
        };
        self.audited("conversation_delete", Some(format!("conversation/{id}")), String::new(), act).await
    }

    async fn message_create(&self, id: ConversationId, request: MessageRequest) -> Result<Message, ApiError> {
        let act = async {
            if request.content.len() > CONTENT_BYTES_MAX {
                let detail = format!("a message has at most {CONTENT_BYTES_MAX} bytes");
                return Err(ApiError::invalid("content", detail));
            }
            let metadata = serde_json::to_string(&request.metadata).unwrap_or_default();
            if metadata.len() > METADATA_BYTES_MAX {
                let detail = format!("what is kept with a message has at most {METADATA_BYTES_MAX} bytes");
                return Err(ApiError::invalid("metadata", detail));
            }
            let added = self.app.inventory.add_message(self.principal.id, id, request).await;
            added.map_err(error::inventory)
        };
        // What is said is nobody's to read in the audit.
        self.audited("message_create", Some(format!("conversation/{id}")), String::new(), act).await
    }

    async fn message_list(&self, id: ConversationId, query: MessageQuery) -> Result<MessageList, ApiError> {
        self.allow("message_list")?;
        let last = limit(query.last, 100, 10_000)?;
        self.app.inventory.messages(self.principal.id, id, last).await.map_err(error::inventory)
    }
}
