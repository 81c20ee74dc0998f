//! Why the inventory refuses.

use groma_database::{ReadError, WriteError};
use groma_model::TaskId;
use groma_model::task::StoreError;

/// Why the inventory refuses; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// There is no such record.
    #[error("no {what} with id {id}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// The record is not in a state in which this can be done.
    #[error("{0}")]
    Conflict(String),
    /// A query is not one that can be run.
    #[error("the query was refused: {0}")]
    Query(String),
    /// The task has ended.
    #[error("task {0} has ended")]
    TaskEnded(TaskId),
    /// A record does not open or parse.
    #[error("the record of {what} {id} is damaged")]
    Damaged {
        /// What was read.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// A read failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Storage refused.
    #[error("{0}")]
    Storage(String),
}

impl From<WriteError<Self>> for InventoryError {
    fn from(error: WriteError<Self>) -> Self {
        match error {
            WriteError::Refused(refusal) => refusal,
            other => Self::Storage(other.to_string()),
        }
    }
}

impl From<InventoryError> for StoreError {
    fn from(error: InventoryError) -> Self {
        match error {
            InventoryError::TaskEnded(task) => Self::TaskEnded(task),
            InventoryError::Read(error) => Self::Failed(
                std::error::Error::source(&error)
                    .map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")),
            ),
            other => Self::Failed(other.to_string()),
        }
    }
}

/// What operations inside the writer's transaction return.
pub(crate) type OpResult<T> = Result<T, groma_database::OpError<InventoryError>>;

/// Refuses inside a transaction: what was done of the operation is rolled back.
pub(crate) const fn refuse<T>(error: InventoryError) -> OpResult<T> {
    Err(groma_database::OpError::Refused(error))
}
