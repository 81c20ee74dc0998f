//! Refusals of the engine as errors of the API.

use groma_api::{ApiError, ErrorCode};
use groma_execution::{ExecutionError, ValidationError};

use crate::error::whole;

/// Turns a refusal of the engine into one of the API.
pub(crate) fn refusal(error: ExecutionError) -> ApiError {
    let detail = whole(&error);
    match error {
        ExecutionError::Invalid(fault) => invalid(&fault),
        ExecutionError::Secret(_) => ApiError::invalid("secrets", detail),
        ExecutionError::NotFound(_) => ApiError::new(ErrorCode::NotFound, detail),
        ExecutionError::Exists(_) | ExecutionError::Drift { .. } => {
            ApiError::new(ErrorCode::Conflict, detail)
        }
        ExecutionError::Log { .. } | ExecutionError::Script { .. } => {
            ApiError::new(ErrorCode::StorageFailed, detail)
        }
        ExecutionError::Thread(_) => ApiError::new(ErrorCode::Internal, detail),
        ExecutionError::Stopping => ApiError::new(ErrorCode::Unavailable, detail),
    }
}

/// Turns a fault of a request or plan into a refusal of the API.
pub(crate) fn invalid(fault: &ValidationError) -> ApiError {
    ApiError::invalid(&fault.field, fault.to_string())
}
