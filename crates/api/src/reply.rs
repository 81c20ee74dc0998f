//! The frame of every successful JSON answer (document 004).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `{"message": …, "data": …}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reply<T> {
    /// What happened, for people.
    pub message: String,
    /// The answer.
    pub data: T,
}

impl<T> Reply<T> {
    /// Frames an answer.
    #[must_use]
    pub fn new(message: impl Into<String>, data: T) -> Self {
        Self { message: message.into(), data }
    }
}
