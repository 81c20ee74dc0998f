//! What a receiver's answer means.

use std::time::{Duration, SystemTime};

use hyper::StatusCode;
use hyper::header::{HeaderMap, LOCATION, RETRY_AFTER};

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The status, if there was one.
    pub(crate) status: Option<u16>,
    /// What went wrong; `None` if the receiver took the event.
    pub(crate) error: Option<String>,
    /// The beginning of what it said.
    pub(crate) response: Option<String>,
    /// What follows from it.
    pub(crate) verdict: Verdict,
}

/// What follows from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The event is delivered.
    Accepted,
    /// Try again by the schedule.
    Failed,
    /// Try again when the receiver says.
    Later(Duration),
    /// The receiver wants no more, ever.
    Gone,
}

impl Answer {
    /// Returns the answer of a receiver that gave none.
    pub(crate) const fn failed(error: String) -> Self {
        Self { status: None, error: Some(error), response: None, verdict: Verdict::Failed }
    }
}

/// Reads the meaning of a status and its headers; `now` is what dates are compared with.
pub(crate) fn read(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> (Verdict, Option<String>) {
    if status.is_success() {
        return (Verdict::Accepted, None);
    }
    if status == StatusCode::GONE {
        return (Verdict::Gone, Some("the receiver wants no more events (410 Gone)".to_owned()));
    }
    if status.is_redirection() {
        let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
        let to: String = to.chars().take(200).collect();
        let error =
            format!("the receiver redirects to {to} ({}), and redirects are not followed", status.as_u16());
        return (Verdict::Failed, Some(error));
    }
    let error = Some(format!("the receiver answered {status}"));
    let asks = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    match headers.get(RETRY_AFTER).filter(|_| asks).and_then(|after| retry_after(after.to_str().ok()?, now)) {
        Some(wait) => (Verdict::Later(wait), error),
        None => (Verdict::Failed, error),
    }
}

/// Reads `Retry-After`: seconds or a date (RFC 9110, section 10.2.3); `None` for anything else.
fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests;
