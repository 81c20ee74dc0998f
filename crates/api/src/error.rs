//! One closed list of error codes: each has an HTTP status, an exit code, and says whether trying again helps.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal, $status:literal, exit $exit:literal, $retry:ident, $title:literal;)*) => {
        /// Every way in which an operation can be refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum ErrorCode {
            $($(#[doc = $doc])* #[serde(rename = $word)] $name,)*
        }

        impl ErrorCode {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the code as on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// Returns the HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),* }
            }

            /// Returns the exit code of the command line.
            #[must_use]
            pub const fn exit(self) -> u8 {
                match self { $(Self::$name => $exit),* }
            }

            /// Returns whether the same call may succeed later.
            #[must_use]
            pub const fn retryable(self) -> bool {
                match self { $(Self::$name => codes!(@$retry)),* }
            }

            /// Returns when the code is used, in a sentence.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*).trim_start()),* }
            }

            /// Returns the RFC 9457 title.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }
        }
    };
    (@retry) => { true };
    (@final) => { false };
}

codes! {
    /// The request does not fit its form.
    InvalidRequest = "INVALID_REQUEST", 400, exit 2, final, "The request is not valid";
    /// Nobody is signed in, or the token is wrong, expired or revoked.
    Unauthenticated = "UNAUTHENTICATED", 401, exit 5, final, "Sign in first";
    /// Signed in, but not allowed to.
    Forbidden = "FORBIDDEN", 403, exit 5, final, "Not allowed";
    /// The scan would reach addresses outside private networks.
    PublicTarget = "PUBLIC_TARGET", 403, exit 5, final, "A target is a public address";
    /// No such thing.
    NotFound = "NOT_FOUND", 404, exit 4, final, "Not found";
    /// The method does not exist here.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405, exit 2, final, "Method not allowed";
    /// The thing is not in a state in which this can be done.
    Conflict = "CONFLICT", 409, exit 6, final, "Not possible now";
    /// The idempotency key stands for another request.
    IdempotencyMismatch = "IDEMPOTENCY_MISMATCH", 422, exit 6, final, "The idempotency key was used for something else";
    /// The request is larger than the limit.
    TooLarge = "TOO_LARGE", 413, exit 2, final, "The request is too large";
    /// The caller speaks another version of the protocol.
    VersionMismatch = "VERSION_MISMATCH", 426, exit 9, final, "The versions differ";
    /// Too many at once.
    TooManyRequests = "TOO_MANY_REQUESTS", 429, exit 7, retry, "Too many requests";
    /// A fault of ours.
    Internal = "INTERNAL", 500, exit 70, final, "Internal error";
    /// Storage stopped taking writes.
    StorageFailed = "STORAGE_FAILED", 503, exit 8, final, "Storage failed";
    /// Groma is starting or stopping.
    Unavailable = "UNAVAILABLE", 503, exit 7, retry, "Not available now";
    /// A task was cancelled and what it found discarded.
    Cancelled = "CANCELLED", 409, exit 3, final, "Cancelled";
    /// A task's process died and it could not be resumed.
    Interrupted = "INTERRUPTED", 409, exit 3, retry, "Interrupted";
    /// A task could not go on.
    TaskFailed = "TASK_FAILED", 409, exit 3, final, "The task failed";
}

impl ErrorCode {
    /// Returns the RFC 9457 type: the path under which the kind of problem is explained.
    #[must_use]
    pub fn path(self) -> String {
        format!("/problems/{}", self.as_str().to_lowercase().replace('_', "-"))
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why an operation was refused: what was being done, to what, why it failed, what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ApiError {
    /// Which kind.
    pub code: ErrorCode,
    /// The whole story in a sentence or two.
    pub detail: String,
    /// The field or parameter at fault.
    pub field: Option<String>,
    /// How long to wait before trying again, where that is known.
    pub retry_after: Option<Duration>,
}

impl ApiError {
    /// Makes an error.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), field: None, retry_after: None }
    }

    /// Makes an [`ErrorCode::InvalidRequest`] that names the field at fault.
    #[must_use]
    pub fn invalid(field: &str, detail: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, detail).at(field)
    }

    /// Names the field or parameter at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Says how long to wait before trying again.
    #[must_use]
    pub const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Makes an [`ErrorCode::NotFound`].
    #[must_use]
    pub fn not_found(what: &str, id: impl fmt::Display) -> Self {
        Self::new(ErrorCode::NotFound, format!("no {what} with id {id}"))
    }

    /// Returns the error as it goes over the wire.
    #[must_use]
    pub fn problem(&self) -> Problem {
        Problem {
            problem_type: self.code.path(),
            title: self.code.title().to_owned(),
            status: self.code.status(),
            detail: self.detail.clone(),
            code: self.code,
            message: self.detail.clone(),
            retryable: self.code.retryable(),
            field: self.field.clone(),
            // Rounded up: whoever comes a moment early is refused again.
            retry_after_seconds: self.retry_after.map(|wait| wait.as_millis().div_ceil(1000) as u64),
        }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        let retry_after = problem.retry_after_seconds.map(Duration::from_secs);
        Self { code: problem.code, detail: problem.detail, field: problem.field, retry_after }
    }
}

/// An error on the wire: RFC 9457 `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A relative URI that names the kind of problem.
    #[serde(rename = "type")]
    pub problem_type: String,
    /// The kind, for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// The kind, for programs.
    pub code: ErrorCode,
    /// The same as `detail`, for older clients.
    pub message: String,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// The field or parameter at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds to wait before trying again, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
}
