//! The keys of the data folder.

mod reencrypt;
mod status;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use groma_api::{
    ApiError, ErrorCode, KeyOperations, KeyRotation, KeySlot, KeyStatus, RecoveryKey, SlotRemoval,
    SlotRequest,
};
use groma_database::apart;
use groma_model::SlotId;
use groma_seal::{Keyring, KeyringError, NewSlot, Zeroizing};

use crate::backend::Caller;
use crate::error;

/// Where systemd puts the credentials of this service.
pub(crate) fn credentials() -> Option<PathBuf> {
    std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from).filter(|path| path.is_absolute())
}

#[async_trait]
impl KeyOperations for Caller {
    async fn key_status(&self) -> Result<KeyStatus, ApiError> {
        self.allow("key_status")?;
        self.app.key_status().await
    }

    async fn key_slot_add(&self, request: SlotRequest) -> Result<KeySlot, ApiError> {
        // What opens the folder is nobody's to read in the audit; where it is, is.
        let detail = match &request {
            SlotRequest::KeyFile { path } => format!("key_file {path}"),
            SlotRequest::Passphrase { .. } => "passphrase".to_owned(),
            SlotRequest::Keychain {} => "keychain".to_owned(),
            SlotRequest::SystemdCredential { name } => format!("systemd_credential {name}"),
        };
        let new = match request {
            SlotRequest::KeyFile { path } => NewSlot::KeyFile(PathBuf::from(path)),
            SlotRequest::Passphrase { passphrase } => NewSlot::Passphrase(Zeroizing::new(passphrase)),
            SlotRequest::Keychain {} => NewSlot::Keychain,
            SlotRequest::SystemdCredential { name } => NewSlot::Credential { directory: credentials(), name },
        };
        let act = async { self.apart(move |keyring| keyring.add_slot(&new)).await.map(status::slot) };
        self.audited("key_slot_add", None, detail, act).await
    }

    async fn key_slot_remove(&self, id: SlotId, removal: SlotRemoval) -> Result<(), ApiError> {
        let act = async {
            let delete = removal.delete_secret;
            let removed = self.apart(move |keyring| keyring.remove_slot(id.uuid(), delete)).await?;
            match removed.left {
                None => Ok(()),
                Some(why) => {
                    let detail = format!(
                        "the slot is removed, so that what opened it is of no use any more; but that could not be deleted: {}",
                        error::whole(&why)
                    );
                    Err(ApiError::new(ErrorCode::Internal, detail))
                }
            }
        };
        let detail = if removal.delete_secret { "with what opened it" } else { "" };
        self.audited("key_slot_remove", Some(format!("slot/{id}")), detail.to_owned(), act).await
    }

    async fn key_recovery(&self) -> Result<RecoveryKey, ApiError> {
        let act = async {
            let (slot, key) = self.apart(Keyring::renew_recovery).await?;
            Ok(RecoveryKey { slot: status::slot(slot), recovery_key: key.to_string() })
        };
        self.audited("key_recovery", None, String::new(), act).await
    }

    async fn key_rotate(&self, rotation: KeyRotation) -> Result<KeyStatus, ApiError> {
        let act = async {
            let claim = match rotation.reencrypt {
                true => Some(self.app.inventory.reencrypting().ok_or_else(already)?),
                false => None,
            };
            let key = self.apart(Keyring::renew).await?;
            if let Some(claim) = claim {
                self.app.inventory.reencryption_begin(key).await.map_err(error::inventory)?;
                self.app.reencrypt(claim);
            }
            self.app.key_status().await
        };
        let detail = if rotation.reencrypt { "with everything sealed again" } else { "" };
        self.audited("key_rotate", None, detail.to_owned(), act).await
    }
}

fn already() -> ApiError {
    let detail = "everything is being sealed again already: `groma keys status` shows how far it is";
    ApiError::new(ErrorCode::Conflict, detail)
}

impl Caller {
    /// Does what takes seconds or waits for a person on a thread of its own.
    async fn apart<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Keyring) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let keyring = Arc::clone(&self.app.keyring);
        // A caller that gave up no longer listens: what was done stands.
        let done = apart("keys", move || act(&keyring)).await;
        let done = done.map_err(|error| {
            ApiError::new(ErrorCode::Internal, format!("failed to change the keys: {error}"))
        })?;
        done.map_err(refusal)
    }
}

/// Turns a refusal of the keys into one of the API.
fn refusal(error: KeyringError) -> ApiError {
    let code = match &error {
        KeyringError::PassphraseTooShort { .. } => return ApiError::invalid("passphrase", error.to_string()),
        KeyringError::KeyFilePlace { .. } => return ApiError::invalid("path", error.to_string()),
        KeyringError::Credential { .. } => return ApiError::invalid("name", error.to_string()),
        KeyringError::WriteKeyFile { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists => {
            ErrorCode::Conflict
        }
        KeyringError::LastSlot
        | KeyringError::TooManySlots { .. }
        | KeyringError::TooManyKeys { .. }
        | KeyringError::Keychain { .. } => ErrorCode::Conflict,
        KeyringError::NoSuchSlot(_) => ErrorCode::NotFound,
        _ => ErrorCode::StorageFailed,
    };
    ApiError::new(code, error::whole(&error))
}
