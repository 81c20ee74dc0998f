//! Requests that carry an idempotency key: done once, answered as often as they are repeated.

use std::fmt;

use groma_model::PrincipalId;
use serde::{Deserialize, Serialize};

/// A request that came with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Who asks.
    pub principal: PrincipalId,
    /// For which operation.
    pub operation: &'static str,
    /// The caller's key; it stands for one request of one principal for one operation, for 24 hours.
    pub key: String,
    /// Digest of what is asked: another one under the same key is refused.
    pub digest: [u8; 32],
}

/// What there is to do for a keyed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Do it, then say how it ended.
    First,
    /// It was done: give this answer again.
    Repeated(KeptAnswer),
}

/// How a keyed request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptEnd {
    /// It was done, and this was the answer.
    Answered(KeptAnswer),
    /// It was done; the answer held a secret, which is kept nowhere.
    AnsweredSecretly,
    /// It was refused: nothing was done, and the key is free again.
    NothingDone,
    /// It broke off in the middle.
    Unknown,
}

/// An answer as it was sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Headers that belong to the answer itself.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl fmt::Debug for KeptAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}
