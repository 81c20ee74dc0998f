//! The tables of webhooks.

mod read;
mod write;

use std::sync::Arc;

use groma_database::{Database, OpError};
use groma_journal::Journal;
use groma_seal::{Keyring, Place};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::WebhookError;

pub(crate) use read::Stored;
pub(crate) use write::{Changes, Ended};

/// Columns that are sealed, each bound to a webhook's id, or to the id of the event that a try sent.
const TARGET: &str = "webhooks.target";
const SECRETS: &str = "webhooks.secrets";
const REASON: &str = "webhooks.reason";
const ANSWER: &str = "webhook_tries.answer";

type OpResult<T> = Result<T, OpError<WebhookError>>;

/// What a receiver said, as it is sealed.
#[derive(Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Said {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    response: Option<String>,
}

/// Reads and writes the tables; cloning shares it.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    database: Database,
    keyring: Arc<Keyring>,
    journal: Arc<Journal>,
}

impl Store {
    pub(crate) const fn new(database: Database, keyring: Arc<Keyring>, journal: Arc<Journal>) -> Self {
        Self { database, keyring, journal }
    }

    fn seal<T: Serialize>(&self, column: &'static str, row: &[u8], value: &T) -> OpResult<Vec<u8>> {
        let json = serde_json::to_vec(value).map_err(|error| {
            OpError::Refused(WebhookError::Storage(format!("failed to write {column}: {error}")))
        })?;
        Ok(self.keyring.seal(Place::new(column, row), &json))
    }

    /// Opens a value; `None` if it is not what was sealed there.
    fn open<T: DeserializeOwned>(&self, column: &'static str, row: &[u8], sealed: &[u8]) -> Option<T> {
        let json = self.keyring.open_sealed(Place::new(column, row), sealed).ok()?;
        serde_json::from_slice(&json).ok()
    }
}
