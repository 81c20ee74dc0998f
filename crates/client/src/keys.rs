//! The keys of the data folder.

use async_trait::async_trait;
use groma_api::{
    ApiError, KeyOperations, KeyRotation, KeySlot, KeyStatus, RecoveryKey, SlotRemoval, SlotRequest,
};
use groma_model::SlotId;

use crate::Client;

#[async_trait]
impl KeyOperations for Client {
    async fn key_status(&self) -> Result<KeyStatus, ApiError> {
        self.request("key_status", &[])?.data().await
    }

    async fn key_slot_add(&self, request: SlotRequest) -> Result<KeySlot, ApiError> {
        self.request("key_slot_add", &[])?.json(&request).data().await
    }

    async fn key_slot_remove(&self, id: SlotId, removal: SlotRemoval) -> Result<(), ApiError> {
        self.request("key_slot_remove", &[&id])?.query(&removal).done().await
    }

    async fn key_recovery(&self) -> Result<RecoveryKey, ApiError> {
        self.request("key_recovery", &[])?.data().await
    }

    async fn key_rotate(&self, rotation: KeyRotation) -> Result<KeyStatus, ApiError> {
        self.request("key_rotate", &[])?.json(&rotation).data().await
    }
}
