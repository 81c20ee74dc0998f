//! Refusals, as the API tells them.

use groma_api::{ApiError, ErrorCode};
use groma_database::{OpError, ReadError, WriteError};

/// What operations inside the writer's transaction return.
pub(crate) type OpResult<T> = Result<T, OpError<ApiError>>;

/// A write that did not happen.
pub(crate) fn written(error: WriteError<ApiError>) -> ApiError {
    match error {
        WriteError::Refused(error) => error,
        other => ApiError::new(ErrorCode::StorageFailed, other.to_string()),
    }
}

/// A read that did not happen.
pub(crate) fn read(error: ReadError) -> ApiError {
    let why = std::error::Error::source(&error).map_or_else(String::new, |cause| format!(": {cause}"));
    ApiError::new(ErrorCode::Internal, format!("failed to read the journal: {error}{why}"))
}

/// A fault of ours, or of the disk.
pub(crate) fn internal(detail: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::Internal, detail)
}
