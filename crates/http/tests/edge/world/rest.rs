//! Operations that only note that they were called.

use async_trait::async_trait;
use groma_api::{
    ApiError, Consumer, ConsumerList, ConsumerRequest, ErrorCode, EventStatistics, EventTypeInfo,
    EventTypeList, EventTypeOperations, EventTypeRequest, KeyOperations, KeyRotation, KeySlot, KeyStatus,
    PublishRequest, Published, RecoveryKey, Retention, RetentionOperations, RetentionRequest, RetentionRun,
    SlotRemoval, SlotRequest, StartedReplay, Webhook, WebhookDelivery, WebhookDeliveryPage,
    WebhookDeliveryQuery, WebhookList, WebhookOperations, WebhookReplay, WebhookRequest, WebhookRotation,
    WebhookUpdate, WebhookWithSecret,
};
use groma_model::{SlotId, WebhookId};

use super::backend::FakeBackend;

pub(super) fn none<T>() -> Result<T, ApiError> {
    Err(ApiError::new(ErrorCode::Unavailable, "this world has none"))
}

#[async_trait]
impl EventTypeOperations for FakeBackend {
    async fn event_type_register(&self, request: EventTypeRequest) -> Result<EventTypeInfo, ApiError> {
        self.note("event_type_register", (&request,));
        none()
    }

    async fn event_type_list(&self) -> Result<EventTypeList, ApiError> {
        self.note("event_type_list", ());
        none()
    }

    async fn event_type_schema(&self, name: String) -> Result<serde_json::Value, ApiError> {
        self.note("event_type_schema", (&name,));
        none()
    }

    async fn event_publish(&self, request: PublishRequest) -> Result<Published, ApiError> {
        self.note("event_publish", (&request,));
        none()
    }
}

#[async_trait]
impl RetentionOperations for FakeBackend {
    async fn retention_get(&self) -> Result<Retention, ApiError> {
        self.note("retention_get", ());
        none()
    }

    async fn retention_set(&self, request: RetentionRequest) -> Result<Retention, ApiError> {
        self.note("retention_set", (&request,));
        none()
    }

    async fn retention_run(&self) -> Result<RetentionRun, ApiError> {
        self.note("retention_run", ());
        none()
    }

    async fn consumer_put(&self, request: ConsumerRequest) -> Result<Consumer, ApiError> {
        self.note("consumer_put", (&request,));
        none()
    }

    async fn consumer_list(&self) -> Result<ConsumerList, ApiError> {
        self.note("consumer_list", ());
        none()
    }

    async fn consumer_delete(&self, name: String) -> Result<(), ApiError> {
        self.note("consumer_delete", (&name,));
        none()
    }

    async fn event_statistics(&self) -> Result<EventStatistics, ApiError> {
        self.note("event_statistics", ());
        none()
    }
}

#[async_trait]
impl WebhookOperations for FakeBackend {
    async fn webhook_create(&self, request: WebhookRequest) -> Result<WebhookWithSecret, ApiError> {
        self.note("webhook_create", (&request,));
        none()
    }

    async fn webhook_list(&self) -> Result<WebhookList, ApiError> {
        self.note("webhook_list", ());
        none()
    }

    async fn webhook_get(&self, id: WebhookId) -> Result<Webhook, ApiError> {
        self.note("webhook_get", (&id,));
        none()
    }

    async fn webhook_update(&self, id: WebhookId, update: WebhookUpdate) -> Result<Webhook, ApiError> {
        self.note("webhook_update", (&id, &update));
        none()
    }

    async fn webhook_delete(&self, id: WebhookId) -> Result<(), ApiError> {
        self.note("webhook_delete", (&id,));
        none()
    }

    async fn webhook_test(&self, id: WebhookId) -> Result<WebhookDelivery, ApiError> {
        self.note("webhook_test", (&id,));
        none()
    }

    async fn webhook_rotate(
        &self,
        id: WebhookId,
        rotation: WebhookRotation,
    ) -> Result<WebhookWithSecret, ApiError> {
        self.note("webhook_rotate", (&id, &rotation));
        none()
    }

    async fn webhook_replay(&self, id: WebhookId, replay: WebhookReplay) -> Result<StartedReplay, ApiError> {
        self.note("webhook_replay", (&id, &replay));
        none()
    }

    async fn webhook_deliveries(
        &self,
        id: WebhookId,
        query: WebhookDeliveryQuery,
    ) -> Result<WebhookDeliveryPage, ApiError> {
        self.note("webhook_deliveries", (&id, &query));
        none()
    }
}

#[async_trait]
impl KeyOperations for FakeBackend {
    async fn key_status(&self) -> Result<KeyStatus, ApiError> {
        self.note("key_status", ());
        none()
    }

    async fn key_slot_add(&self, request: SlotRequest) -> Result<KeySlot, ApiError> {
        self.note("key_slot_add", (&request,));
        none()
    }

    async fn key_slot_remove(&self, id: SlotId, removal: SlotRemoval) -> Result<(), ApiError> {
        self.note("key_slot_remove", (&id, &removal));
        none()
    }

    async fn key_recovery(&self) -> Result<RecoveryKey, ApiError> {
        self.note("key_recovery", ());
        none()
    }

    async fn key_rotate(&self, rotation: KeyRotation) -> Result<KeyStatus, ApiError> {
        self.note("key_rotate", (&rotation,));
        none()
    }
}
