//! Conversations and their messages; what they say is sealed. Everybody has their own.

use groma_api::{Conversation, Message, MessageList, MessageRequest, MessageRole};
use groma_database::WriteTx;
use groma_database::rusqlite::{self, Connection, OptionalExtension as _, Row};
use groma_model::{ConversationId, MessageId, PrincipalId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::error::{OpResult, refuse};
use crate::inventory::Inventory;
use crate::{InventoryError, sealed};

const TITLE: &str = "conversations.title";
const CONTENT: &str = "messages.content";
/// Conversations shown at once.
const LIST: i64 = 1_000;

#[derive(Serialize, Deserialize)]
struct Content {
    content: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    metadata: Map<String, Value>,
}

impl Inventory {
    /// Begins a conversation.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn create_conversation(
        &self,
        principal: PrincipalId,
        title: String,
    ) -> Result<Conversation, InventoryError> {
        self.write(move |inventory, tx| {
            // Random, so that nothing follows from it.
            let id = Uuid::new_v4();
            let now = inventory.clock.now();
            let sealed = sealed::seal(&inventory.keyring, TITLE, id.as_bytes(), &title)?;
            let sql = "INSERT INTO conversations (id, principal, created, updated, title_sealed) VALUES (?1, ?2, ?3, ?3, ?4)";
            let row = (id.into_bytes(), principal.uuid().into_bytes(), now.micros(), sealed);
            tx.connection().prepare_cached(sql)?.execute(row)?;
            let id = ConversationId::from_uuid(id);
            Ok(Conversation { id, title, created_at: now, updated_at: now, messages: 0 })
        })
        .await
    }

    /// Lists somebody's conversations, latest first.
    ///
    /// # Errors
    /// When storage refuses.
    pub async fn conversations(&self, principal: PrincipalId) -> Result<Vec<Conversation>, InventoryError> {
        self.read(move |inventory, connection| {
            let sql = format!("{SELECT} WHERE c.principal = ?1 ORDER BY c.updated DESC, c.id LIMIT {LIST}");
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement
                .query_map([principal.uuid().into_bytes()], |row| inventory.read_conversation(row))?;
            rows.collect()
        })
        .await
    }

    /// Returns one of somebody's conversations.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn conversation(
        &self,
        principal: PrincipalId,
        id: ConversationId,
    ) -> Result<Conversation, InventoryError> {
        let found = self.read(move |inventory, connection| {
            let sql = format!("{SELECT} WHERE c.id = ?1 AND c.principal = ?2");
            let asked = (id.uuid().into_bytes(), principal.uuid().into_bytes());
            let mut statement = connection.prepare_cached(&sql)?;
            statement.query_row(asked, |row| inventory.read_conversation(row)).optional()
        });
        found.await?.ok_or_else(|| unknown(id))
    }

    fn read_conversation(&self, row: &Row<'_>) -> rusqlite::Result<Conversation> {
        let id: [u8; 16] = row.get(0)?;
        Ok(Conversation {
            id: ConversationId::from_uuid(Uuid::from_bytes(id)),
            title: sealed::open(&self.keyring, TITLE, &id, row.get_ref(3)?.as_blob()?)?,
            created_at: Timestamp::from_micros(row.get(1)?),
            updated_at: Timestamp::from_micros(row.get(2)?),
            messages: row.get::<_, i64>(4)?.max(0) as u64,
        })
    }

    /// Deletes one of somebody's conversations with its messages.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn delete_conversation(
        &self,
        principal: PrincipalId,
        id: ConversationId,
    ) -> Result<(), InventoryError> {
        self.write(move |_, tx| {
            let sql = "DELETE FROM conversations WHERE id = ?1 AND principal = ?2";
            match tx.connection().execute(sql, (id.uuid().into_bytes(), principal.uuid().into_bytes()))? {
                0 => refuse(unknown(id)),
                _ => Ok(()),
            }
        })
        .await
    }

    /// Adds a message to one of somebody's conversations.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn add_message(
        &self,
        principal: PrincipalId,
        conversation: ConversationId,
        request: MessageRequest,
    ) -> Result<Message, InventoryError> {
        self.write(move |inventory, tx| inventory.add_message_in(tx, principal, conversation, request)).await
    }

    fn add_message_in(
        &self,
        tx: &WriteTx<'_>,
        principal: PrincipalId,
        conversation: ConversationId,
        request: MessageRequest,
    ) -> OpResult<Message> {
        let (id, now) = (Uuid::new_v4(), self.clock.now());
        let owner = (conversation.uuid().into_bytes(), principal.uuid().into_bytes(), now.micros());
        let sql = "UPDATE conversations SET updated = max(updated, ?3) WHERE id = ?1 AND principal = ?2";
        if tx.connection().prepare_cached(sql)?.execute(owner)? == 0 {
            return refuse(unknown(conversation));
        }
        let content = Content { content: request.content, metadata: request.metadata };
        let sealed = sealed::seal(&self.keyring, CONTENT, id.as_bytes(), &content)?;
        let sql =
            "INSERT INTO messages (id, conversation, at, role, content_sealed) VALUES (?1, ?2, ?3, ?4, ?5)";
        let row =
            (id.into_bytes(), conversation.uuid().into_bytes(), now.micros(), request.role.as_str(), sealed);
        tx.connection().prepare_cached(sql)?.execute(row)?;
        let Content { content, metadata } = content;
        Ok(Message { id: MessageId::from_uuid(id), role: request.role, content, metadata, at: now })
    }

    /// Returns the last messages of one of somebody's conversations, oldest first.
    ///
    /// # Errors
    /// When there is none, or storage refuses.
    pub async fn messages(
        &self,
        principal: PrincipalId,
        conversation: ConversationId,
        last: u32,
    ) -> Result<MessageList, InventoryError> {
        let total = self.conversation(principal, conversation).await?.messages;
        let read = move |inventory: &Self, connection: &Connection| {
            let sql = "SELECT id, at, role, content_sealed FROM (SELECT * FROM messages WHERE conversation = ?1 \
                       ORDER BY ordinal DESC LIMIT ?2) ORDER BY ordinal";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map((conversation.uuid().into_bytes(), last), |row| {
                let id: [u8; 16] = row.get(0)?;
                let content: Content =
                    sealed::open(&inventory.keyring, CONTENT, &id, row.get_ref(3)?.as_blob()?)?;
                Ok(Message {
                    id: MessageId::from_uuid(Uuid::from_bytes(id)),
                    role: MessageRole::from_word(row.get_ref(2)?.as_str()?).unwrap_or(MessageRole::System),
                    content: content.content,
                    metadata: content.metadata,
                    at: Timestamp::from_micros(row.get(1)?),
                })
            })?;
            rows.collect::<Result<_, _>>()
        };
        Ok(MessageList { messages: self.read(read).await?, total })
    }
}

const SELECT: &str = "SELECT c.id, c.created, c.updated, c.title_sealed, \
                      (SELECT count(*) FROM messages WHERE conversation = c.id) FROM conversations AS c";

fn unknown(id: ConversationId) -> InventoryError {
    InventoryError::NotFound { what: "conversation", id: id.to_string() }
}
