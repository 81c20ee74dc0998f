//! Conversations and their messages.

use async_trait::async_trait;
use groma_api::{
    ApiError, Conversation, ConversationList, ConversationOperations, ConversationRequest, Message,
    MessageList, MessageQuery, MessageRequest,
};
use groma_model::ConversationId;

use crate::Client;

#[async_trait]
impl ConversationOperations for Client {
    async fn conversation_create(&self, request: ConversationRequest) -> Result<Conversation, ApiError> {
        self.request("conversation_create", &[])?.json(&request).data().await
    }

    async fn conversation_list(&self) -> Result<ConversationList, ApiError> {
        self.request("conversation_list", &[])?.data().await
    }

    async fn conversation_get(&self, id: ConversationId) -> Result<Conversation, ApiError> {
        self.request("conversation_get", &[&id])?.data().await
    }

    async fn conversation_delete(&self, id: ConversationId) -> Result<(), ApiError> {
        self.request("conversation_delete", &[&id])?.done().await
    }

    async fn message_create(&self, id: ConversationId, request: MessageRequest) -> Result<Message, ApiError> {
        self.request("message_create", &[&id])?.json(&request).data().await
    }

    async fn message_list(&self, id: ConversationId, query: MessageQuery) -> Result<MessageList, ApiError> {
        self.request("message_list", &[&id])?.query(&query).data().await
    }
}
