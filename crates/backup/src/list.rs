//! Which backups there are.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::entry::Body;
use crate::error::BackupError;
use crate::log::{self, State};
use crate::manifest::{JournalHead, Manifest};
use crate::repository::Repository;

/// A backup, as it says of itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BackupInfo {
    /// By which it is named.
    pub number: u64,
    /// When it was begun, by the clock of who made it.
    pub created: Timestamp,
    /// The version of Groma that made it.
    pub version: String,
    /// The schema of its database.
    pub schema: i64,
    /// The journal's head in it.
    pub journal: Option<JournalHead>,
    /// What there is how often, as its maker counted.
    pub counts: Value,
    /// Queries and their answers, as its maker was told.
    pub facts: Value,
    /// Files in it.
    pub files: u64,
    /// Bytes of their content.
    pub bytes: u64,
}

impl BackupInfo {
    pub(crate) fn of(number: u64, manifest: &Manifest) -> Self {
        Self {
            number,
            created: manifest.created,
            version: manifest.version.clone(),
            schema: manifest.schema,
            journal: manifest.journal,
            counts: manifest.counts.clone(),
            facts: manifest.facts.clone(),
            files: manifest.files.len() as u64,
            bytes: manifest.bytes(),
        }
    }
}

/// A number under which a backup is, or may have been.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// By which it is named.
    pub number: u64,
    /// When it was stored, by the clock of the store; `None` if it is missing.
    pub stored: Option<Timestamp>,
    /// What it says of itself, or why it cannot be read.
    pub backup: Result<BackupInfo, String>,
}

impl Repository {
    /// Lists backups, newest first. What cannot be read is listed as well: it may be a backup.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn list(&self) -> Result<Vec<Listed>, BackupError> {
        let mut found = Vec::new();
        log::each(&self.store, &self.keys, |slot| {
            let backup = match slot.state {
                State::Entry(entry, _) => match entry.body {
                    Body::Backup(manifest) => Ok(BackupInfo::of(slot.number, &manifest)),
                    Body::Trash(_) | Body::Damaged(_) => return,
                },
                State::Unreadable(why) => Err(why),
                State::Empty => return,
            };
            let stored =
                (slot.modified > 0).then(|| Timestamp::from_millisecond(slot.modified).ok()).flatten();
            found.push(Listed { number: slot.number, stored, backup });
        })
        .await?;
        found.reverse();
        Ok(found)
    }

    /// Reads one backup.
    pub(crate) async fn manifest(&self, number: u64) -> Result<(Manifest, crate::name::Blob), BackupError> {
        let missing =
            || BackupError::NoBackup { wanted: format!("backup {number}"), target: self.store.shown() };
        match log::read(&self.store, &self.keys, number).await?.ok_or_else(missing)? {
            State::Entry(entry, keys_file) => match entry.body {
                Body::Backup(manifest) => Ok((*manifest, keys_file)),
                Body::Trash(_) | Body::Damaged(_) => Err(missing()),
            },
            State::Unreadable(why) => Err(self.store.damaged(&crate::name::entry(number), why)),
            State::Empty => Err(missing()),
        }
    }
}
