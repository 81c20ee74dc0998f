//! Not there yet.

use crate::backend::Caller;
use async_trait::async_trait;
use groma_api::*;
use groma_model::ConversationId;
fn pending<T>() -> Result<T, ApiError> {
    Err(ApiError::new(ErrorCode::Internal, "not there yet"))
}
#[async_trait]
impl ResourceOperations for Caller {
    async fn resource_list(&self, _query: ResourceQuery) -> Result<ResourceList, ApiError> {
        pending()
    }
    async fn resource_get(&self, _id: String) -> Result<Resource, ApiError> {
        pending()
    }
    async fn resource_history(
        &self,
        _id: String,
        _query: ResourceHistoryQuery,
    ) -> Result<ResourceHistory, ApiError> {
        pending()
    }
    async fn resource_relations(&self, _id: String) -> Result<RelationList, ApiError> {
        pending()
    }
    async fn resource_export(&self, _query: ExportQuery) -> Result<TextStream, ApiError> {
        pending()
    }
    async fn account_resources(
        &self,
        _account: String,
        _query: ResourceQuery,
    ) -> Result<ResourceList, ApiError> {
        pending()
    }
    async fn coverage_list(&self, _query: CoverageQuery) -> Result<Coverage, ApiError> {
        pending()
    }
}
#[async_trait]
impl SearchOperations for Caller {
    async fn search(&self, _query: SearchQuery) -> Result<SearchAnswer, ApiError> {
        pending()
    }
    async fn sql_query(&self, _query: SqlQuery) -> Result<SqlAnswer, ApiError> {
        pending()
    }
    async fn model_status(&self) -> Result<ModelStatus, ApiError> {
        pending()
    }
    async fn model_install(&self, _request: ModelInstall) -> Result<ModelStatus, ApiError> {
        pending()
    }
}
#[async_trait]
impl ConversationOperations for Caller {
    async fn conversation_create(&self, _request: ConversationRequest) -> Result<Conversation, ApiError> {
        pending()
    }
    async fn conversation_list(&self) -> Result<ConversationList, ApiError> {
        pending()
    }
    async fn conversation_get(&self, _id: ConversationId) -> Result<Conversation, ApiError> {
        pending()
    }
    async fn conversation_delete(&self, _id: ConversationId) -> Result<(), ApiError> {
        pending()
    }
    async fn message_create(
        &self,
        _id: ConversationId,
        _request: MessageRequest,
    ) -> Result<Message, ApiError> {
        pending()
    }
    async fn message_list(&self, _id: ConversationId, _query: MessageQuery) -> Result<MessageList, ApiError> {
        pending()
    }
}
#[async_trait]
impl BackupOperations for Caller {
    async fn backup_list(&self) -> Result<BackupList, ApiError> {
        pending()
    }
    async fn backup_settings_get(&self) -> Result<BackupSettings, ApiError> {
        pending()
    }
    async fn backup_settings_set(&self, _request: BackupSettingsRequest) -> Result<BackupSettings, ApiError> {
        pending()
    }
    async fn backup_create(&self) -> Result<BackupSettings, ApiError> {
        pending()
    }
    async fn backup_verify(&self, _request: BackupVerifyRequest) -> Result<BackupSettings, ApiError> {
        pending()
    }
    async fn backup_drill(&self, _request: BackupDrillRequest) -> Result<BackupSettings, ApiError> {
        pending()
    }
    async fn backup_cancel(&self) -> Result<BackupSettings, ApiError> {
        pending()
    }
}
