//! One request of an operation, and its answer.

use std::fmt::{Display, Write};
use std::time::Duration;

use groma_api::{ApiError, ErrorCode, Method, Operation, Problem, Reply};
use reqwest::{RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Client;

/// How long an answer may take that is not a stream.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The most of a foreign answer that is repeated in an error.
const EXCERPT_CHARS: usize = 200;

/// A request in the making.
pub(crate) struct Request<'a> {
    client: &'a Client,
    operation: &'static Operation,
    builder: RequestBuilder,
}

impl Client {
    /// Begins a request of the named operation; `ids` fill the path's parameters in order.
    pub(crate) fn request(&self, id: &str, ids: &[&(dyn Display + Sync)]) -> Result<Request<'_>, ApiError> {
        let ready = self.ready.as_ref().map_err(Clone::clone)?;
        let operation = Operation::by_id(id).ok_or_else(|| {
            ApiError::new(ErrorCode::Internal, format!("the table of operations does not hold {id}"))
        })?;
        let url = format!("{}{}", ready.base, fill(operation.path, ids));
        let builder = match operation.method {
            Method::Get => ready.http.get(url),
            Method::Post => ready.http.post(url),
            Method::Delete => ready.http.delete(url),
        };
        Ok(Request { client: self, operation, builder })
    }
}

/// Puts ids where the path has `{parameters}`, percent-encoded: what people call things may have any character.
fn fill(path: &str, ids: &[&(dyn Display + Sync)]) -> String {
    let mut ids = ids.iter();
    let mut filled = String::with_capacity(path.len() + 40);
    for (at, part) in path.split('{').enumerate() {
        match part.split_once('}').filter(|_| at > 0) {
            Some((_, rest)) => {
                if let Some(id) = ids.next() {
                    encode(&id.to_string(), &mut filled);
                }
                filled.push_str(rest);
            }
            None => filled.push_str(part),
        }
    }
    filled
}

/// Adds a text as one segment of a path (RFC 3986).
fn encode(text: &str, to: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => to.push(byte.into()),
            // Writing into a String does not fail.
            other => drop(write!(to, "%{other:02X}")),
        }
    }
}

impl Request<'_> {
    pub(crate) fn query(mut self, query: &impl Serialize) -> Self {
        self.builder = self.builder.query(query);
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Sends it and returns the data of the answer.
    pub(crate) async fn data<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        self.data_within(TIMEOUT).await
    }

    /// Sends it and returns the data of an answer that may take `timeout`.
    pub(crate) async fn data_within<T: DeserializeOwned>(mut self, timeout: Duration) -> Result<T, ApiError> {
        self.builder = self.builder.timeout(timeout);
        let told = self.told();
        let bytes = self.send().await?.bytes().await.map_err(|error| told.lost(&error))?;
        let reply: Reply<T> = serde_json::from_slice(&bytes).map_err(|error| told.strange(&error))?;
        Ok(reply.data)
    }

    /// Sends it and returns an answer that is JSON without a frame.
    pub(crate) async fn bare<T: DeserializeOwned>(mut self) -> Result<T, ApiError> {
        self.builder = self.builder.timeout(TIMEOUT);
        let told = self.told();
        let bytes = self.send().await?.bytes().await.map_err(|error| told.lost(&error))?;
        serde_json::from_slice(&bytes).map_err(|error| told.strange(&error))
    }

    /// Sends it and returns the answer as text.
    pub(crate) async fn text(mut self) -> Result<String, ApiError> {
        self.builder = self.builder.timeout(TIMEOUT);
        let told = self.told();
        self.send().await?.text().await.map_err(|error| told.lost(&error))
    }

    /// Sends it; the answer has no body.
    pub(crate) async fn done(mut self) -> Result<(), ApiError> {
        self.builder = self.builder.timeout(TIMEOUT);
        self.send().await.map(drop)
    }

    /// Sends it and returns a response that is a success; its body may take for ever.
    pub(crate) async fn send(self) -> Result<Response, ApiError> {
        let told = self.told();
        let response = self.builder.send().await.map_err(|error| told.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let bytes = response.bytes().await.map_err(|error| told.lost(&error))?;
        Err(serde_json::from_slice::<Problem>(&bytes).map_or_else(
            |_| {
                let excerpt: String = String::from_utf8_lossy(&bytes).chars().take(EXCERPT_CHARS).collect();
                told.strange(&format!("status {status}: {excerpt}"))
            },
            ApiError::from,
        ))
    }

    /// Returns what errors say of the request.
    pub(crate) fn told(&self) -> Told {
        Told { operation: self.operation.id, place: self.client.place.clone() }
    }
}

/// What is asked of whom: the first half of every error.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    operation: &'static str,
    place: String,
}

impl Told {
    fn unreachable(&self, error: &reqwest::Error) -> ApiError {
        let Self { operation, place } = self;
        let why = root(error);
        let detail = if error.is_timeout() {
            format!("Groma at {place} did not answer {operation} in time: try again")
        } else if error.is_builder() {
            return ApiError::invalid(
                "url",
                format!("`{place}` is not a URL that Groma can be asked at: {why}"),
            );
        } else {
            format!(
                "Groma at {place} could not be asked for {operation}: {why}. Is it running? `groma serve` starts it"
            )
        };
        ApiError::new(ErrorCode::Unavailable, detail)
    }

    /// The answer broke off.
    pub(crate) fn lost(&self, error: &reqwest::Error) -> ApiError {
        let Self { operation, place } = self;
        let detail = format!("the answer of Groma at {place} to {operation} broke off: {}", root(error));
        ApiError::new(ErrorCode::Unavailable, detail)
    }

    /// A stream ended that should not have.
    pub(crate) fn ended(&self) -> ApiError {
        let Self { operation, place } = self;
        let detail =
            format!("Groma at {place} ended the stream of {operation}: connect again behind the last event");
        ApiError::new(ErrorCode::Unavailable, detail)
    }

    /// The answer is not one of Groma's.
    pub(crate) fn strange(&self, error: &dyn Display) -> ApiError {
        let Self { operation, place } = self;
        let detail = format!("the answer at {place} to {operation} is not understood: {error}. Is it Groma?");
        ApiError::new(ErrorCode::Internal, detail)
    }
}

/// Returns the innermost reason: the outer ones only repeat what was being done.
fn root(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

#[cfg(test)]
mod tests;
