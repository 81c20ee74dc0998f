//! The documents that describe the API: OpenAPI, and the JSON Schema of each event's data.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use groma_api::ApiError;
use groma_model::{EventType, Payload, SchemaVisitor};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::negotiate::has_already;
use crate::problem::problem;

/// The documents; each is made when it is first asked for.
#[derive(Debug)]
pub(crate) struct Documents {
    openapi: OnceLock<Bytes>,
    schemas: OnceLock<BTreeMap<String, Bytes>>,
    etag: String,
}

impl Documents {
    pub(crate) fn new() -> Self {
        // Documents only change with the program.
        let etag = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
        Self { openapi: OnceLock::new(), schemas: OnceLock::new(), etag }
    }

    /// Answers `/openapi.json`.
    pub(crate) fn openapi(&self, headers: &HeaderMap) -> Response {
        let bytes = self.openapi.get_or_init(|| encode(&groma_api::openapi()));
        self.send(bytes, "application/json", headers)
    }

    /// Answers `/schemas/<type>/v1`.
    pub(crate) fn schema(&self, path: &str, headers: &HeaderMap) -> Response {
        match self.schemas.get_or_init(schemas).get(path) {
            Some(bytes) => self.send(bytes, "application/schema+json", headers),
            None => problem(&ApiError::not_found("schema", path)),
        }
    }

    fn send(&self, bytes: &Bytes, content: &'static str, headers: &HeaderMap) -> Response {
        let known = has_already(headers, &self.etag);
        let mut response = Response::new(if known { Body::empty() } else { Body::from(bytes.clone()) });
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

fn encode(value: &impl serde::Serialize) -> Bytes {
    serde_json::to_vec(value).unwrap_or_default().into()
}

fn schemas() -> BTreeMap<String, Bytes> {
    let mut collected = Schemas(BTreeMap::new());
    Payload::register_schemas(&mut collected);
    collected.0
}

struct Schemas(BTreeMap<String, Bytes>);

impl SchemaVisitor for Schemas {
    fn event<T: ToSchema + 'static>(&mut self, event_type: &'static EventType) {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        let parts: Map<String, Value> = parts.into_iter().map(|(name, part)| (name, local(&part))).collect();
        let mut schema = local(&T::schema());
        if let Some(fields) = schema.as_object_mut() {
            fields.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
            fields.insert("$id".to_owned(), json!(event_type.schema_path()));
            fields.insert("title".to_owned(), json!(event_type.name));
            if !parts.is_empty() {
                fields.insert("$defs".to_owned(), Value::Object(parts));
            }
        }
        self.0.insert(event_type.schema_path(), encode(&schema));
    }
}

/// Returns a schema whose references lead into the same document.
fn local(schema: &impl serde::Serialize) -> Value {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    relink(&mut value);
    value
}

fn relink(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(target) if name == "$ref" => {
                        *target = target.replace("#/components/schemas/", "#/$defs/");
                    }
                    other => relink(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(relink),
        _ => {}
    }
}
