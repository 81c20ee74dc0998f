//! What a check found.

use groma_api::{ApiError, ErrorCode};
use serde::Serialize;

use crate::failure::Failure;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// As it should be.
    Ok,
    /// Works, and something should be done.
    Warning,
    /// Does not work, or is about to harm.
    Error,
    /// Could not be looked at now.
    Skipped,
}

impl Verdict {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What.
    pub(super) check: &'static str,
    /// How it came out.
    pub(super) verdict: Verdict,
    /// What was found.
    pub(super) found: String,
    /// What to do; every warning and error has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advice: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, found: found.into(), advice: None }
    }

    pub(super) fn warning(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warning, found: found.into(), advice: Some(advice.into()) }
    }

    pub(super) fn error(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Error, found: found.into(), advice: Some(advice.into()) }
    }

    pub(super) fn skipped(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Skipped, found: found.into(), advice: None }
    }

    /// Tells that a question was refused.
    pub(super) fn refused(check: &'static str, error: &ApiError) -> Self {
        let advice = match error.code {
            ErrorCode::VersionMismatch => {
                "stop the other Groma and start it again with this version, or run doctor with its version"
            }
            ErrorCode::StorageFailed => {
                "look at `disk space` above, make room, and start the process that holds the folder again"
            }
            ErrorCode::Internal => "please report this with the output of `groma doctor -o json`",
            code if code.retryable() => "run `groma doctor` again in a moment",
            _ => "mend what the message names",
        };
        Self::error(check, error.detail.clone(), advice)
    }

    /// As [`Self::refused`], of what was found before anybody could be asked.
    pub(super) fn failed(check: &'static str, failure: Failure) -> Self {
        match failure {
            Failure::Refused { error, hint: Some(hint) } => Self::error(check, error.detail, hint),
            Failure::Refused { error, hint: None } => Self::refused(check, &error),
            Failure::Ended(_) | Failure::ReaderGone | Failure::OutputLost { .. } => {
                Self::error(check, "the check was ended", "try again")
            }
        }
    }
}
