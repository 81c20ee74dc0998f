//! What happened to things and how jobs end: words that events of several domains share.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EndStatus {
    /// Everything that was asked was done; single units may have failed.
    Completed,
    /// It could not go on.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

/// What happened to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It was not known before.
    Added,
    /// Something about it is different.
    Updated,
    /// It is no longer there.
    Deleted,
}

impl ChangeKind {
    /// Returns the word of the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

/// One field that is different.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldChange {
    /// JSON pointer (RFC 6901) into the thing, such as `/services/tcp/22`.
    pub path: String,
    /// The value before; null if there was none.
    #[schema(value_type = Value, required)]
    pub before: serde_json::Value,
    /// The value now; null if there is none.
    #[schema(value_type = Value, required)]
    pub after: serde_json::Value,
}
