//! Refusals of the spine as errors of the API.

use groma_api::{ApiError, ErrorCode};
use groma_inventory::InventoryError;
use groma_journal::JournalError;

/// Turns a refusal of the inventory into one of the API.
pub(crate) fn inventory(error: InventoryError) -> ApiError {
    let code = match &error {
        InventoryError::NotFound { .. } => ErrorCode::NotFound,
        InventoryError::Query(_) => ErrorCode::InvalidRequest,
        InventoryError::Conflict(_) | InventoryError::TaskEnded(_) => ErrorCode::Conflict,
        InventoryError::Damaged { .. } | InventoryError::Read(_) => ErrorCode::Internal,
        InventoryError::Storage(_) => ErrorCode::StorageFailed,
    };
    ApiError::new(code, whole(&error))
}

/// Turns a refusal of the journal into one of the API.
pub(crate) fn journal(error: JournalError) -> ApiError {
    ApiError::new(ErrorCode::Internal, whole(&error))
}

/// Returns an error with its causes.
pub(crate) fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if !text.ends_with(&part) {
            text = format!("{text}: {part}");
        }
        cause = error.source();
    }
    text
}
