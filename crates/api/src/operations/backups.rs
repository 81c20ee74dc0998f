//! The operations on backups.

use super::ADMIN;
use crate::operation::Method::{Get, Post};
use crate::operation::{Operation, Operation as Op};
use crate::{BackupDrillRequest, BackupList, BackupSettings, BackupSettingsRequest, BackupVerifyRequest};

/// The rows, in the order of the documents.
pub(super) const TABLE: &[Operation] = &[
    Op::new("backup_list", Get, "/v1/backups", ADMIN, "List backups, latest first")
        .command("backup list")
        .reply::<BackupList>(),
    Op::new("backup_create", Post, "/v1/backups", ADMIN, "Start a backup")
        .command("backup create")
        .status(202)
        .reply::<BackupSettings>(),
    Op::new(
        "backup_settings_get",
        Get,
        "/v1/backups/settings",
        ADMIN,
        "Where backups go, when, and how the last ended",
    )
    .command("backup status")
    .reply::<BackupSettings>(),
    Op::new(
        "backup_settings_set",
        Post,
        "/v1/backups/settings",
        ADMIN,
        "Change where backups go, when, and which are kept",
    )
    .command("backup schedule")
    .request::<BackupSettingsRequest>()
    .reply::<BackupSettings>(),
    Op::new("backup_verify", Post, "/v1/backups/verify", ADMIN, "Start reading backups back")
        .command("backup verify")
        .status(202)
        .request::<BackupVerifyRequest>()
        .reply::<BackupSettings>(),
    Op::new("backup_drill", Post, "/v1/backups/drill", ADMIN, "Start proving that a backup restores")
        .command("backup drill")
        .status(202)
        .request::<BackupDrillRequest>()
        .reply::<BackupSettings>(),
    Op::new("backup_cancel", Post, "/v1/backups/cancel", ADMIN, "Stop the job on backups that runs")
        .command("backup cancel")
        .reply::<BackupSettings>(),
];
