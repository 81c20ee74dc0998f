//! Reading the journal: live streams, pages, and the messages of the WebSocket.

use std::sync::Arc;

use groma_model::{
    Envelope, EventFilter, Sequence, SequenceError, Subject, SubjectError, Timestamp, TypePatternError,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use crate::{ApiError, Problem};

/// Where a stream starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartAt {
    /// With the oldest event there is.
    Oldest,
    /// Behind a position.
    After(Sequence),
    /// With the first event appended at or after a moment.
    Since(Timestamp),
    /// With the next event.
    Live,
}

/// Query of `GET /v1/events`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Type patterns, separated by commas: `groma.network.*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub types: Option<String>,
    /// Only events about this: `scan/<id>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Go on behind this position; `oldest` for everything there is. `Last-Event-ID` does the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Start with the first event at or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Whether to go on with live events when the head is reached (the default).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow: Option<bool>,
}

/// Query of `GET /v1/events/history`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// Type patterns, separated by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub types: Option<String>,
    /// Only events about this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Oldest first, behind this position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Newest first, ahead of this position; without `after` and `before` the newest page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Appended at or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Appended before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// At most so many (1 to 1,000); 100 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

/// Data of `GET /v1/events/history`; in journal order whichever way it was asked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EventPage {
    /// The events.
    pub events: Vec<Envelope>,
    /// The newest position of the journal when this was read.
    #[schema(value_type = String)]
    pub head: Sequence,
    /// Whether there is more in the direction that was asked.
    pub more: bool,
    /// Whether the position asked for lies before the oldest event kept, or in a history that was set aside.
    pub gap: bool,
}

/// What the client of `GET /v1/events/ws` says; each message is one JSON text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum StreamRequest {
    /// Opens a stream, or changes the filter of one that is open: unless `after` is given it goes on behind the last
    /// event sent, with everything since then that the new filter wants.
    Subscribe {
        /// Names the stream within this connection.
        id: String,
        /// Type patterns.
        #[serde(default)]
        types: Vec<String>,
        /// Only events about this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        /// Go on behind this position; `oldest` for everything, `newest` for what comes from now on; absent: live.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// Closes a stream.
    Unsubscribe {
        /// The stream.
        id: String,
    },
    /// Says that everything up to a position has been dealt with; at most 10,000 events travel unacknowledged.
    Ack {
        /// The stream.
        id: String,
        /// The position.
        sequence: Sequence,
    },
}

/// What the server of `GET /v1/events/ws` says.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StreamMessage {
    /// A stream is open; `sequence` is the position behind which it goes on.
    Subscribed {
        /// The stream.
        id: String,
        /// Take a snapshot now and drop what is not behind its own sequence.
        sequence: Sequence,
    },
    /// Events and control frames in order.
    Events {
        /// The stream.
        id: String,
        /// CloudEvents; control frames have no `sequence`.
        #[schema(value_type = Vec<Envelope>)]
        events: Vec<Arc<RawValue>>,
    },
    /// A request was refused, or the stream ended; the others go on.
    Error {
        /// The stream, if it was about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Why.
        problem: Problem,
    },
}

/// Reads a filter as queries spell it.
pub(crate) fn filter(types: Option<&str>, subject: Option<&str>) -> Result<EventFilter, ApiError> {
    let types = types.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty());
    let types: Result<Vec<_>, TypePatternError> = types.map(str::parse).collect();
    let types = types.map_err(|error| ApiError::invalid("types", error.to_string()))?;
    if types.len() > 50 {
        return Err(ApiError::invalid("types", format!("{} type patterns are more than 50", types.len())));
    }
    let subject: Option<Result<Subject, SubjectError>> = subject.map(str::parse);
    let subject = subject.transpose().map_err(|error| ApiError::invalid("subject", error.to_string()))?;
    Ok(EventFilter { types, subject })
}

/// Reads a position as queries spell it.
pub(crate) fn position(field: &str, text: &str) -> Result<StartAt, ApiError> {
    if text == "oldest" {
        return Ok(StartAt::Oldest);
    }
    let sequence: Result<Sequence, SequenceError> = text.parse();
    sequence.map(StartAt::After).map_err(|error| ApiError::invalid(field, error.to_string()))
}

impl EventQuery {
    /// Reads the filter.
    ///
    /// # Errors
    /// When a pattern or the subject is malformed.
    pub fn filter(&self) -> Result<EventFilter, ApiError> {
        filter(self.types.as_deref(), self.subject.as_deref())
    }

    /// Reads where to start.
    ///
    /// # Errors
    /// When the position is malformed, or both a position and a moment are given.
    pub fn start(&self) -> Result<StartAt, ApiError> {
        match (&self.after, self.since) {
            (Some(_), Some(_)) => Err(ApiError::invalid("since", "give `after` or `since`, not both")),
            (Some(after), None) => position("after", after),
            (None, Some(since)) => Ok(StartAt::Since(since)),
            (None, None) => Ok(StartAt::Live),
        }
    }
}

impl HistoryQuery {
    /// The most events in one page.
    pub const LIMIT_MAX: u32 = 1000;

    /// Reads the filter.
    ///
    /// # Errors
    /// When a pattern or the subject is malformed.
    pub fn filter(&self) -> Result<EventFilter, ApiError> {
        filter(self.types.as_deref(), self.subject.as_deref())
    }

    /// Reads the size of the page.
    ///
    /// # Errors
    /// When it is 0 or above [`Self::LIMIT_MAX`].
    pub fn limit(&self) -> Result<usize, ApiError> {
        match self.limit.unwrap_or(100) {
            limit @ 1..=Self::LIMIT_MAX => Ok(limit as usize),
            limit => {
                Err(ApiError::invalid("limit", format!("{limit} is not between 1 and {}", Self::LIMIT_MAX)))
            }
        }
    }
}
