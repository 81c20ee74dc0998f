//! Backups.

use groma_api::{BackupDrillRequest, BackupSettingsRequest, BackupVerifyRequest};

use super::{Answer, reply};
use crate::call::Call;

pub(super) async fn backup_list(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.backup_list().await?;
    Ok(reply(&call, format!("{} backups", data.backups.len()), data))
}

pub(super) async fn backup_create(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.backup_create().await?;
    Ok(reply(&call, "Backing up.", data))
}

pub(super) async fn backup_settings_get(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.backup_settings_get().await?;
    Ok(reply(&call, "Backup settings", data))
}

pub(super) async fn backup_settings_set(mut call: Call) -> Answer {
    call.no_query()?;
    let request: BackupSettingsRequest = call.json().await?;
    let data = call.backend()?.backup_settings_set(request).await?;
    Ok(reply(&call, "Backup settings changed.", data))
}

pub(super) async fn backup_verify(mut call: Call) -> Answer {
    call.no_query()?;
    let request: BackupVerifyRequest = call.json().await?;
    let data = call.backend()?.backup_verify(request).await?;
    Ok(reply(&call, "Verifying.", data))
}

pub(super) async fn backup_drill(mut call: Call) -> Answer {
    call.no_query()?;
    let request: BackupDrillRequest = call.json().await?;
    let data = call.backend()?.backup_drill(request).await?;
    Ok(reply(&call, "Restoring aside.", data))
}

pub(super) async fn backup_cancel(call: Call) -> Answer {
    call.no_query()?;
    let data = call.backend()?.backup_cancel().await?;
    Ok(reply(&call, "Stopping.", data))
}
