//! Backups.

use async_trait::async_trait;
use groma_api::{
    ApiError, BackupDrillRequest, BackupList, BackupOperations, BackupSettings, BackupSettingsRequest,
    BackupVerifyRequest,
};

use crate::Client;

#[async_trait]
impl BackupOperations for Client {
    async fn backup_list(&self) -> Result<BackupList, ApiError> {
        self.request("backup_list", &[])?.data().await
    }

    async fn backup_settings_get(&self) -> Result<BackupSettings, ApiError> {
        self.request("backup_settings_get", &[])?.data().await
    }

    async fn backup_settings_set(&self, request: BackupSettingsRequest) -> Result<BackupSettings, ApiError> {
        self.request("backup_settings_set", &[])?.json(&request).data().await
    }

    async fn backup_create(&self) -> Result<BackupSettings, ApiError> {
        self.request("backup_create", &[])?.data().await
    }

    async fn backup_verify(&self, request: BackupVerifyRequest) -> Result<BackupSettings, ApiError> {
        self.request("backup_verify", &[])?.json(&request).data().await
    }

    async fn backup_drill(&self, request: BackupDrillRequest) -> Result<BackupSettings, ApiError> {
        self.request("backup_drill", &[])?.json(&request).data().await
    }

    async fn backup_cancel(&self) -> Result<BackupSettings, ApiError> {
        self.request("backup_cancel", &[])?.data().await
    }
}
