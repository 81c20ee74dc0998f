//! The documents that describe the API: OpenAPI, AsyncAPI, the JSON Schema of each event's data, each kind of problem.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use groma_api::{ApiError, ErrorCode};
use serde::Serialize;

use crate::negotiate::{accepts, has_already};
use crate::problem::problem;

/// The documents; each is made when it is first asked for.
#[derive(Debug)]
pub(crate) struct Documents {
    openapi: OnceLock<Document>,
    asyncapi: OnceLock<Document>,
    schemas: OnceLock<BTreeMap<String, Document>>,
}

impl Documents {
    pub(crate) fn new() -> Self {
        Self { openapi: OnceLock::new(), asyncapi: OnceLock::new(), schemas: OnceLock::new() }
    }

    /// Answers `/openapi.json`.
    pub(crate) fn openapi(&self, headers: &HeaderMap) -> Response {
        self.openapi.get_or_init(|| Document::json(&groma_api::openapi())).send("application/json", headers)
    }

    /// Answers `/asyncapi.json`.
    pub(crate) fn asyncapi(&self, headers: &HeaderMap) -> Response {
        self.asyncapi.get_or_init(|| Document::json(&groma_api::asyncapi())).send("application/json", headers)
    }

    /// Answers `/schemas/<type>/v1`.
    pub(crate) fn schema(&self, path: &str, headers: &HeaderMap) -> Response {
        match self.schemas.get_or_init(schemas).get(path) {
            Some(document) => document.send("application/schema+json", headers),
            None => declared(path).unwrap_or_else(|| problem(&ApiError::not_found("schema", path))),
        }
    }

    /// Answers `/problems/<code>`: what a problem's `type` leads to.
    pub(crate) fn problem(&self, path: &str, headers: &HeaderMap) -> Response {
        let Some(code) = ErrorCode::ALL.iter().copied().find(|code| code.path() == path) else {
            return problem(&ApiError::not_found("kind of problem", path));
        };
        let kind = Kind::of(code);
        let mut response = match accepts(headers, &header::ACCEPT, "application/json") {
            true => Document::json(&kind).send("application/json", headers),
            false => Document::new(kind.page().into()).send("text/html; charset=utf-8", headers),
        };
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
        response
    }
}

/// Leads to the schema of a type that a plugin declared, which only those see who may read.
fn declared(path: &str) -> Option<Response> {
    let name = path.strip_prefix("/schemas/")?.strip_suffix("/v1")?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.');
    if !name.starts_with("groma.custom.") || !name.bytes().all(plain) {
        return None;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let place = HeaderValue::from_str(&format!("/v1/event-types/{name}/schema")).ok()?;
    response.headers_mut().insert(header::LOCATION, place);
    Some(response)
}

fn schemas() -> BTreeMap<String, Document> {
    let path = |name: &str| format!("/schemas/{name}/v1");
    let events = groma_api::event_schemas().into_iter().map(|(name, schema)| (name.to_owned(), schema));
    let all = events.chain(groma_api::execution_schemas());
    all.map(|(name, schema)| (path(&name), Document::json(&schema))).collect()
}

/// One document, and the tag by which a reader knows that it has it already.
#[derive(Debug)]
pub(crate) struct Document {
    bytes: Bytes,
    etag: String,
}

impl Document {
    pub(crate) fn new(bytes: Bytes) -> Self {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        // Weak: packed and plain answers have the same.
        let etag = format!("W/\"{:016x}\"", hasher.finish());
        Self { bytes, etag }
    }

    fn json(value: &impl Serialize) -> Self {
        Self::new(serde_json::to_vec(value).unwrap_or_default().into())
    }

    pub(crate) fn send(&self, content: &'static str, headers: &HeaderMap) -> Response {
        let known = has_already(headers, &self.etag);
        let mut response = Response::new(if known { Body::empty() } else { Body::from(self.bytes.clone()) });
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let answer = response.headers_mut();
        answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(content));
        answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            answer.insert(header::ETAG, etag);
        }
        response
    }
}

/// The explanation of one kind of problem, for programs.
#[derive(Debug, Serialize)]
struct Kind {
    #[serde(rename = "type")]
    path: String,
    title: &'static str,
    code: ErrorCode,
    description: &'static str,
    status: u16,
    exit_code: u8,
    retryable: bool,
}

impl Kind {
    fn of(code: ErrorCode) -> Self {
        Self {
            path: code.path(),
            title: code.title(),
            code,
            description: code.explanation(),
            status: code.status(),
            exit_code: code.exit(),
            retryable: code.retryable(),
        }
    }

    /// The explanation for people; all of it is text of ours.
    fn page(&self) -> String {
        let Self { title, code, status, exit_code, .. } = self;
        let (title, description) = (escape(title), escape(self.description));
        let again = match self.retryable {
            true => "The same call may succeed later.",
            false => "The same call will fail again until something else changes.",
        };
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} – Groma</title></head>\n\
             <body><h1>{title}</h1>\n<p>{description} {again}</p>\n\
             <dl><dt>Code</dt><dd><code>{code}</code></dd>\n<dt>HTTP status</dt><dd>{status}</dd>\n\
             <dt>Exit code on the command line</dt><dd>{exit_code}</dd></dl>\n\
             <p>What happened in your case is told by the answer's <code>detail</code>.</p></body></html>\n"
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
