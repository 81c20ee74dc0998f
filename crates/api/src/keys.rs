//! The keys of the data folder: slots that open it, data keys, and their renewal.

use std::fmt;

use async_trait::async_trait;
use groma_model::{SlotId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiError;

/// Who keeps what opens a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    /// A file outside the data folder.
    KeyFile,
    /// Somebody's memory; Argon2id (RFC 9106).
    Passphrase,
    /// The system's store: Secret Service, macOS Keychain, Windows Credential Manager, kernel keyring.
    Keychain,
    /// A credential that systemd hands to the service (`LoadCredentialEncrypted=`).
    SystemdCredential,
    /// A key that was shown once, to be kept on paper.
    Recovery,
}

impl SlotKind {
    /// Returns the word of the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyFile => "key_file",
            Self::Passphrase => "passphrase",
            Self::Keychain => "keychain",
            Self::SystemdCredential => "systemd_credential",
            Self::Recovery => "recovery",
        }
    }
}

/// Body of `POST /v1/keys/slots`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SlotRequest {
    /// A new key file is written there; it must not exist.
    KeyFile {
        /// An absolute path on the holder's machine, outside the data folder.
        path: String,
    },
    /// A passphrase of at least 12 characters.
    Passphrase {
        /// The passphrase.
        passphrase: String,
    },
    /// A new key is put into the system's store, if writing to it and reading back works.
    Keychain {},
    /// The credential must be there already: `$CREDENTIALS_DIRECTORY/<name>`.
    SystemdCredential {
        /// The credential's name.
        name: String,
    },
}

impl fmt::Debug for SlotRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyFile { path } => f.debug_struct("KeyFile").field("path", path).finish(),
            Self::Passphrase { .. } => f.debug_struct("Passphrase").finish_non_exhaustive(),
            Self::Keychain {} => f.debug_struct("Keychain").finish(),
            Self::SystemdCredential { name } => {
                f.debug_struct("SystemdCredential").field("name", name).finish()
            }
        }
    }
}

/// Query of `DELETE /v1/keys/slots/{id}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SlotRemoval {
    /// Whether what opened it is deleted too: its key file, its entry in the system's store. Left alone otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[param(required = false)]
    pub delete_secret: bool,
}

/// One way of opening the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeySlot {
    /// Its id.
    pub id: SlotId,
    /// Who keeps what opens it.
    pub kind: SlotKind,
    /// Where that is: the file's path, the store's name, the credential's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When it was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Whether this process opened the folder by it.
    pub used: bool,
}

/// A data key, without the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DataKeyInfo {
    /// Its number; the highest seals what is new.
    pub id: u32,
    /// Messages it sealed or may have sealed; at 2^31 another one follows by itself.
    pub messages: u64,
    /// Whether it seals what is new.
    pub current: bool,
}

/// Sealing again everything that older keys sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reencryption {
    /// Everything ends under this key or a newer one.
    pub key: u32,
    /// `running`, `done`, or `interrupted`: it goes on when the folder is opened again.
    pub state: String,
    /// Rows looked at.
    pub rows_done: u64,
    /// Rows in all, when it began.
    pub rows_total: u64,
    /// Rows that did not open and were left as they are.
    pub rows_damaged: u64,
    /// When it began.
    pub started_at: Timestamp,
}

/// Data of `GET /v1/keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyStatus {
    /// Every way of opening the folder.
    pub slots: Vec<KeySlot>,
    /// Every data key.
    pub keys: Vec<DataKeyInfo>,
    /// What is being sealed again, or was last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reencryption: Option<Reencryption>,
    /// What should be done: `no recovery key: make one with groma keys recovery`.
    pub advice: Vec<String>,
}

/// Data of `POST /v1/keys/recovery`: the only time it is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecoveryKey {
    /// Its slot; older recovery slots are removed.
    pub slot: KeySlot,
    /// Groups of letters and digits with a check, to be written down.
    pub recovery_key: String,
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoveryKey").field("slot", &self.slot).finish_non_exhaustive()
    }
}

/// Body of `POST /v1/keys/rotate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRotation {
    /// Whether everything is sealed again under the new data key, in the background; otherwise only what is new is.
    #[serde(default)]
    pub reencrypt: bool,
}

/// Operations on keys.
#[async_trait]
pub trait KeyOperations {
    /// Returns slots, data keys and what is going on.
    async fn key_status(&self) -> Result<KeyStatus, ApiError>;
    /// Adds a slot.
    async fn key_slot_add(&self, request: SlotRequest) -> Result<KeySlot, ApiError>;
    /// Removes a slot; the last one that needs no recovery key stays.
    async fn key_slot_remove(&self, id: SlotId, removal: SlotRemoval) -> Result<(), ApiError>;
    /// Makes a recovery key.
    async fn key_recovery(&self) -> Result<RecoveryKey, ApiError>;
    /// Makes a new data key, and seals everything again if asked.
    async fn key_rotate(&self, rotation: KeyRotation) -> Result<KeyStatus, ApiError>;
}
