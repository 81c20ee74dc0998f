//! The operations on conversations.

use super::{OPERATE, READ};
use crate::operation::Method::{Delete, Get, Post};
use crate::operation::{Operation, Operation as Op, params};
use crate::{
    Conversation, ConversationList, ConversationRequest, Message, MessageList, MessageQuery, MessageRequest,
};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new("conversation_create", Post, "/v1/conversations", OPERATE, "Begin a conversation")
        .command("conversations create")
        .status(201)
        .request::<ConversationRequest>()
        .reply::<Conversation>(),
    Op::new("conversation_list", Get, "/v1/conversations", READ, "List your conversations, latest first")
        .command("conversations list")
        .reply::<ConversationList>(),
    Op::new("conversation_get", Get, "/v1/conversations/{id}", READ, "One conversation")
        .command("conversations show")
        .reply::<Conversation>(),
    Op::new(
        "conversation_delete",
        Delete,
        "/v1/conversations/{id}",
        OPERATE,
        "Delete a conversation with its messages",
    )
    .command("conversations delete")
    .status(204),
    Op::new("message_create", Post, "/v1/conversations/{id}/messages", OPERATE, "Add a message")
        .command("conversations add")
        .status(201)
        .request::<MessageRequest>()
        .reply::<Message>(),
    Op::new("message_list", Get, "/v1/conversations/{id}/messages", READ, "The last messages, oldest first")
        .command("conversations export")
        .query(params::<MessageQuery>)
        .reply::<MessageList>(),
];
