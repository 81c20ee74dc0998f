//! The inventory, search, conversations and backups: every call is noted, and answered with a sample.

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use groma_api::{
    ApiError, BackupDrillRequest, BackupList, BackupOperations, BackupSettings, BackupSettingsRequest,
    BackupVerifyRequest, Conversation, ConversationList, ConversationOperations, ConversationRequest,
    Coverage, CoverageQuery, ExportQuery, Message, MessageList, MessageQuery, MessageRequest, ModelInstall,
    ModelStatus, RelationList, Resource, ResourceHistory, ResourceHistoryQuery, ResourceList,
    ResourceOperations, ResourceQuery, SearchAnswer, SearchOperations, SearchQuery, SqlAnswer, SqlQuery,
    TextStream,
};
use groma_model::ConversationId;
use serde_json::{Value, json};

use super::backend::FakeBackend;

const AT: &str = "2026-11-21T15:00:00Z";
const ID: &str = "01936b2e-7a10-7c43-9a5e-2f0c8d1e4b77";

fn resource() -> Value {
    json!({"id": ID, "kind": "network.host", "name": "127.0.0.1", "scope": {}, "state": "up", "identifiers": [], "tags": {},
        "attributes": {}, "first_seen": AT, "last_seen": AT, "last_changed": AT})
}

fn conversation() -> Value {
    json!({"id": ID, "title": "hello", "created_at": AT, "updated_at": AT, "messages": 0})
}

fn settings() -> Value {
    json!({"schedule": {"kind": "off"}, "retention": {"keep_last": 7}, "drill_days": 7, "warnings": [], "outcomes": []})
}

#[async_trait]
impl ResourceOperations for FakeBackend {
    async fn resource_list(&self, query: ResourceQuery) -> Result<ResourceList, ApiError> {
        self.note("resource_list", &query);
        Ok(serde_json::from_value(json!({"resources": [], "total": 0, "sequence": "1763740800000-00000000000000000001", "as_of": AT})).unwrap())
    }

    async fn resource_get(&self, id: String) -> Result<Resource, ApiError> {
        self.note("resource_get", &id);
        Ok(serde_json::from_value(resource()).unwrap())
    }

    async fn resource_history(
        &self,
        id: String,
        query: ResourceHistoryQuery,
    ) -> Result<ResourceHistory, ApiError> {
        self.note("resource_history", (&id, &query));
        Ok(serde_json::from_value(json!({"changes": []})).unwrap())
    }

    async fn resource_relations(&self, id: String) -> Result<RelationList, ApiError> {
        self.note("resource_relations", &id);
        Ok(serde_json::from_value(json!({"relations": [], "total": 0})).unwrap())
    }

    async fn resource_export(&self, query: ExportQuery) -> Result<TextStream, ApiError> {
        self.note("resource_export", &query);
        let pieces = ["{\"one\":1}\n", "{\"two\":2}\n"].map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
        Ok(futures::stream::iter(pieces).boxed())
    }

    async fn account_resources(
        &self,
        account: String,
        query: ResourceQuery,
    ) -> Result<ResourceList, ApiError> {
        self.note("account_resources", (&account, &query));
        Ok(serde_json::from_value(json!({"resources": [], "total": 0, "sequence": "1763740800000-00000000000000000001", "as_of": AT})).unwrap())
    }

    async fn coverage_list(&self, query: CoverageQuery) -> Result<Coverage, ApiError> {
        self.note("coverage_list", &query);
        Ok(serde_json::from_value(json!({"slices": [], "states": {}})).unwrap())
    }
}

#[async_trait]
impl SearchOperations for FakeBackend {
    async fn search(&self, query: SearchQuery) -> Result<SearchAnswer, ApiError> {
        self.note("search", &query);
        Ok(serde_json::from_value(
            json!({"hits": [], "meaning": "model", "searched": 0, "embedded": 0, "took_ms": 1.5}),
        )
        .unwrap())
    }

    async fn sql_query(&self, query: SqlQuery) -> Result<SqlAnswer, ApiError> {
        self.note("sql_query", &query);
        Ok(serde_json::from_value(
            json!({"columns": ["n"], "rows": [[1]], "truncated": false, "took_ms": 1.5}),
        )
        .unwrap())
    }

    async fn model_status(&self) -> Result<ModelStatus, ApiError> {
        self.note("model_status", ());
        Ok(serde_json::from_value(json!({"state": "absent", "embedder": "lexical/1", "folder": "/model", "bytes": 0, "embedded": 0, "queued": 0, "as_of": AT})).unwrap())
    }

    async fn model_install(&self, request: ModelInstall) -> Result<ModelStatus, ApiError> {
        self.note("model_install", &request);
        Ok(serde_json::from_value(json!({"state": "absent", "embedder": "lexical/1", "folder": "/model", "bytes": 0, "embedded": 0, "queued": 0, "as_of": AT})).unwrap())
    }
}

#[async_trait]
impl ConversationOperations for FakeBackend {
    async fn conversation_create(&self, request: ConversationRequest) -> Result<Conversation, ApiError> {
        self.note("conversation_create", &request);
        Ok(serde_json::from_value(conversation()).unwrap())
    }

    async fn conversation_list(&self) -> Result<ConversationList, ApiError> {
        self.note("conversation_list", ());
        Ok(serde_json::from_value(json!({"conversations": []})).unwrap())
    }

    async fn conversation_get(&self, id: ConversationId) -> Result<Conversation, ApiError> {
        self.note("conversation_get", id);
        Ok(serde_json::from_value(conversation()).unwrap())
    }

    async fn conversation_delete(&self, id: ConversationId) -> Result<(), ApiError> {
        self.note("conversation_delete", id);
        Ok(())
    }

    async fn message_create(&self, id: ConversationId, request: MessageRequest) -> Result<Message, ApiError> {
        self.note("message_create", (&id, &request));
        Ok(serde_json::from_value(json!({"id": ID, "role": "user", "content": "hello", "at": AT})).unwrap())
    }

    async fn message_list(&self, id: ConversationId, query: MessageQuery) -> Result<MessageList, ApiError> {
        self.note("message_list", (&id, &query));
        Ok(serde_json::from_value(json!({"messages": [], "total": 0})).unwrap())
    }
}

#[async_trait]
impl BackupOperations for FakeBackend {
    async fn backup_list(&self) -> Result<BackupList, ApiError> {
        self.note("backup_list", ());
        Ok(serde_json::from_value(json!({"backups": []})).unwrap())
    }

    async fn backup_settings_get(&self) -> Result<BackupSettings, ApiError> {
        self.note("backup_settings_get", ());
        Ok(serde_json::from_value(settings()).unwrap())
    }

    async fn backup_settings_set(&self, request: BackupSettingsRequest) -> Result<BackupSettings, ApiError> {
        self.note("backup_settings_set", &request);
        Ok(serde_json::from_value(settings()).unwrap())
    }

    async fn backup_create(&self) -> Result<BackupSettings, ApiError> {
        self.note("backup_create", ());
        Ok(serde_json::from_value(settings()).unwrap())
    }

    async fn backup_verify(&self, request: BackupVerifyRequest) -> Result<BackupSettings, ApiError> {
        self.note("backup_verify", &request);
        Ok(serde_json::from_value(settings()).unwrap())
    }

    async fn backup_drill(&self, request: BackupDrillRequest) -> Result<BackupSettings, ApiError> {
        self.note("backup_drill", &request);
        Ok(serde_json::from_value(settings()).unwrap())
    }

    async fn backup_cancel(&self) -> Result<BackupSettings, ApiError> {
        self.note("backup_cancel", ());
        Ok(serde_json::from_value(settings()).unwrap())
    }
}
