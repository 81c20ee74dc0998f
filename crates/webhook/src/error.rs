//! Why an operation on webhooks is refused.

use groma_database::{ReadError, WriteError};
use groma_journal::JournalError;
use groma_model::WebhookId;

/// Why an operation on webhooks is refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// There is no such webhook.
    #[error("no webhook with id {0}")]
    NotFound(WebhookId),
    /// Something that was asked for does not fit.
    #[error("{detail}")]
    Invalid {
        /// The field at fault.
        field: &'static str,
        /// What is wrong with it and what to do.
        detail: String,
    },
    /// It cannot be done now.
    #[error("{0}")]
    Conflict(String),
    /// Something could not be read.
    #[error("failed to read webhooks: {0}")]
    Read(String),
    /// Storage refused.
    #[error("{0}")]
    Storage(String),
    /// Groma is stopping.
    #[error("Groma is stopping")]
    Stopping,
}

impl WebhookError {
    pub(crate) fn invalid(field: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { field, detail: detail.into() }
    }
}

impl From<WriteError<Self>> for WebhookError {
    fn from(error: WriteError<Self>) -> Self {
        match error {
            WriteError::Refused(refusal) => refusal,
            other => Self::Storage(other.to_string()),
        }
    }
}

impl From<ReadError> for WebhookError {
    fn from(error: ReadError) -> Self {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Self::Read(format!("{error}{cause}"))
    }
}

impl From<JournalError> for WebhookError {
    fn from(error: JournalError) -> Self {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Self::Read(format!("{error}{cause}"))
    }
}
