//! One admitted request on its way to the backend: its parameters, its query, its body.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use futures::StreamExt;
use groma_api::{ApiError, Backend, ErrorCode, Operation};
use groma_model::IdError;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::admission::Caller;
use crate::edge::Edge;

/// The largest body that is read of most operations.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Of plans, which have many steps.
const PLAN_BYTES_MAX: usize = 8 << 20;
/// Of messages, whose texts may be as large as other bodies.
const MESSAGE_BYTES_MAX: usize = 4 << 20;
/// Of runs of another process of the folder's owner, which tell what each step of a plan is and wrote.
const RUN_BYTES_MAX: usize = 64 << 20;

/// Returns how large the body of an operation may be.
pub(crate) fn bytes_max(operation: &str) -> usize {
    match operation {
        "plan_start" | "plan_resolve" => PLAN_BYTES_MAX,
        "message_create" => MESSAGE_BYTES_MAX,
        "run_begin" | "run_report" => RUN_BYTES_MAX,
        _ => BODY_BYTES_MAX,
    }
}

/// A request that was let in.
pub(crate) struct Call {
    pub(crate) edge: Arc<Edge>,
    pub(crate) operation: &'static Operation,
    pub(crate) caller: Option<Caller>,
    pub(crate) parts: Parts,
    params: Vec<(String, String)>,
    body: Body,
}

impl Call {
    /// Takes a request apart.
    pub(crate) async fn new(
        edge: Arc<Edge>,
        operation: &'static Operation,
        caller: Option<Caller>,
        mut parts: Parts,
        body: Body,
    ) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(&mut parts, &())
            .await
            .map_err(|error| ApiError::invalid("path", format!("the path can't be read: {error}")))?;
        let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Self { edge, operation, caller, parts, params, body })
    }

    /// Returns who calls.
    pub(crate) fn caller(&self) -> Result<&Caller, ApiError> {
        self.caller.as_ref().ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated, "nobody is signed in"))
    }

    /// Returns the operations on behalf of the caller.
    pub(crate) fn backend(&self) -> Result<Arc<dyn Backend>, ApiError> {
        Ok(self.edge.gate.backend(self.caller()?.principal.clone()))
    }

    /// Reads an id out of the path.
    pub(crate) fn id<T: FromStr<Err = IdError>>(&self, name: &str) -> Result<T, ApiError> {
        let value = self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        value.unwrap_or_default().parse().map_err(|error: IdError| ApiError::invalid(name, error.to_string()))
    }

    /// Reads a name out of the path.
    pub(crate) fn text(&self, name: &str) -> Result<String, ApiError> {
        let value = self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        value
            .filter(|value| !value.is_empty() && value.len() <= 200)
            .ok_or_else(|| ApiError::invalid(name, "expected 1 to 200 characters"))
    }

    /// Reads the query; parameters that the operation does not know are refused.
    pub(crate) fn query<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        query(self.parts.uri.query().unwrap_or_default())
    }

    /// Refuses any query parameter.
    pub(crate) fn no_query(&self) -> Result<(), ApiError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        let Nothing {} = self.query()?;
        Ok(())
    }

    /// Reads the body; an empty one counts as `{}`.
    pub(crate) async fn json<T: DeserializeOwned>(&mut self) -> Result<T, ApiError> {
        let body = std::mem::take(&mut self.body);
        let bytes_max = bytes_max(self.operation.id);
        let bytes = collect(&self.parts.headers, body, bytes_max, self.edge.options.body_timeout).await?;
        if bytes.is_empty() {
            return parse(self.operation.id, b"{}");
        }
        json_content(&self.parts.headers)?;
        parse(self.operation.id, &bytes)
    }
}

/// Reads a query string.
pub(crate) fn query<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let field = error.path().to_string();
        refuse(field, error.inner(), "the query")
    })
}

/// Reads a JSON body.
pub(crate) fn parse<T: DeserializeOwned>(operation: &str, bytes: &[u8]) -> Result<T, ApiError> {
    let what = format!("the body of {operation}");
    // A list of values in the order of the fields would be taken for an object.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        let detail = format!("{what} is not valid: it is no JSON object");
        return Err(ApiError::new(ErrorCode::InvalidRequest, detail));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        refuse(field, error.inner(), &what)
    })?;
    json.end().map_err(|error| refuse(String::new(), &error, &what))?;
    Ok(value)
}

/// Says what is wrong where. A refused unknown field has no path of its own, so its name is taken from the message.
fn refuse(field: String, error: &impl Display, what: &str) -> ApiError {
    let message = error.to_string();
    let unknown = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    let field = match unknown {
        Some(name) => Some(name.to_owned()),
        None => Some(field).filter(|field| !matches!(field.as_str(), "" | "." | "?")),
    };
    let detail = match (&field, unknown) {
        (Some(field), None) => format!("{what} is not valid at `{field}`: {message}"),
        _ => format!("{what} is not valid: {message}"),
    };
    ApiError { field, ..ApiError::new(ErrorCode::InvalidRequest, detail) }
}

/// Refuses bodies that do not say that they are JSON: a form of another site can't send that type.
fn json_content(headers: &HeaderMap) -> Result<(), ApiError> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let given = if essence.is_empty() { "missing" } else { essence };
    Err(ApiError::invalid("Content-Type", format!("the content type is {given}: send application/json")))
}

/// Reads a body up to the limit.
pub(crate) async fn collect(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
    timeout: Duration,
) -> Result<Vec<u8>, ApiError> {
    let too_large = || {
        ApiError::new(ErrorCode::TooLarge, format!("the body is larger than {bytes_max} bytes: send less"))
    };
    let told =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|length| length > bytes_max) {
        return Err(too_large());
    }
    let read = async {
        let mut bytes = Vec::with_capacity(told.unwrap_or_default());
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| {
                ApiError::new(ErrorCode::InvalidRequest, format!("the body broke off: {error}"))
            })?;
            if bytes.len() + chunk.len() > bytes_max {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    tokio::time::timeout(timeout, read).await.unwrap_or_else(|_| {
        let detail = format!("the body did not arrive within {timeout:?}: send it again");
        Err(ApiError::new(ErrorCode::InvalidRequest, detail))
    })
}

#[cfg(test)]
mod tests;
