//! A webhook as it is kept.

use groma_api::{WebhookFormat, WebhookSecret};
use groma_model::{
    EventFilter, Sequence, Subject, SubjectError, Timestamp, TypePattern, TypePatternError, WebhookId,
};
use serde::{Deserialize, Serialize};

use crate::WebhookError;
use crate::secret::Secret;
use crate::sender::Address;
use crate::target;
use crate::tracker::Progress;

const DESCRIPTION_MAX: usize = 200;
const TYPES_MAX: usize = 50;

/// Where events go and which; sealed, for a URL may carry a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    pub(crate) types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    pub(crate) format: WebhookFormat,
    pub(crate) allow_private: bool,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target")
            .field("types", &self.types)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

impl Target {
    /// Reads the filter.
    ///
    /// # Errors
    /// When a pattern or the subject is malformed.
    pub(crate) fn filter(&self) -> Result<EventFilter, WebhookError> {
        if self.types.len() > TYPES_MAX {
            let detail = format!("{} type patterns are more than {TYPES_MAX}", self.types.len());
            return Err(WebhookError::invalid("types", detail));
        }
        let types: Result<Vec<TypePattern>, TypePatternError> =
            self.types.iter().map(|text| text.parse()).collect();
        let types = types.map_err(|error| WebhookError::invalid("types", error.to_string()))?;
        let subject: Option<Result<Subject, SubjectError>> = self.subject.as_deref().map(str::parse);
        let subject =
            subject.transpose().map_err(|error| WebhookError::invalid("subject", error.to_string()))?;
        Ok(EventFilter { types, subject })
    }

    /// Checks everything that somebody may have typed.
    ///
    /// # Errors
    /// With the field at fault.
    pub(crate) fn check(&self) -> Result<(), WebhookError> {
        target::parse(&self.url, self.allow_private).map_err(|why| WebhookError::invalid("url", why))?;
        if self.description.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION_MAX) {
            let detail = format!("the description is longer than {DESCRIPTION_MAX} characters");
            return Err(WebhookError::invalid("description", detail));
        }
        self.filter().map(drop)
    }
}

/// A secret and how long it signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptSecret {
    pub(crate) secret: Secret,
    pub(crate) created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Timestamp>,
}

impl KeptSecret {
    pub(crate) fn signs(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|expires| now < expires)
    }

    pub(crate) const fn shown(&self) -> WebhookSecret {
        WebhookSecret { created_at: self.created_at, expires_at: self.expires_at }
    }
}

/// What somebody wants of a webhook, or what became of it; resting follows from failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Will {
    Active,
    Paused,
    Disabled(String),
}

/// What changes only when somebody asks for it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: WebhookId,
    pub(crate) created: Timestamp,
    pub(crate) target: Target,
    /// Newest first.
    pub(crate) secrets: Vec<KeptSecret>,
}

impl Record {
    /// Returns where tries go.
    ///
    /// # Errors
    /// When a target that was once taken is taken no more.
    pub(crate) fn address(&self, now: Timestamp) -> Result<Address, WebhookError> {
        let uri = target::parse(&self.target.url, self.target.allow_private)
            .map_err(|why| WebhookError::invalid("url", why))?;
        let secrets =
            self.secrets.iter().filter(|kept| kept.signs(now)).map(|kept| kept.secret.clone()).collect();
        Ok(Address { uri, format: self.target.format, allow_private: self.target.allow_private, secrets })
    }
}

/// What changes with every try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) will: Will,
    pub(crate) delivered: u64,
    pub(crate) failures: u32,
    /// Nothing goes out before this.
    pub(crate) rests_until: Option<Timestamp>,
    pub(crate) last_success: Option<Timestamp>,
    pub(crate) last_failure: Option<Timestamp>,
}

/// How far a reading of the journal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// 0 is the live one.
    pub(crate) reading: u32,
    pub(crate) epoch: u64,
    pub(crate) progress: Progress,
    /// Where a replay ends.
    pub(crate) through: Option<u64>,
}

impl Reading {
    pub(crate) fn beginning(reading: u32, after: Sequence, through: Option<u64>) -> Self {
        Self { reading, epoch: after.epoch.number(), progress: Progress::at(after.number), through }
    }
}
