//! The keys of the data folder.

use async_trait::async_trait;
use groma_api::{ApiError, KeyOperations, KeyRotation, KeySlot, KeyStatus, RecoveryKey, SlotRequest};
use groma_model::SlotId;

use crate::backend::Caller;

#[async_trait]
impl KeyOperations for Caller {
    async fn key_status(&self) -> Result<KeyStatus, ApiError> {
        self.allow("key_status")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn key_slot_add(&self, _request: SlotRequest) -> Result<KeySlot, ApiError> {
        self.allow("key_slot_add")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn key_slot_remove(&self, _id: SlotId) -> Result<(), ApiError> {
        self.allow("key_slot_remove")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn key_recovery(&self) -> Result<RecoveryKey, ApiError> {
        self.allow("key_recovery")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }

    async fn key_rotate(&self, _rotation: KeyRotation) -> Result<KeyStatus, ApiError> {
        self.allow("key_rotate")?;
        Err(ApiError::new(groma_api::ErrorCode::Unavailable, "not there yet"))
    }
}
