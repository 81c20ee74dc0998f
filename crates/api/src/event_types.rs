//! Event types that plugins declare, and the events that they publish.

use async_trait::async_trait;
use groma_model::{Sequence, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::ApiError;

/// How events of a declared type may be delivered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EventClass {
    /// Never dropped, never merged.
    #[default]
    Kept,
    /// Short retention; merged per type and subject for a slow reader, and counted.
    Latest,
}

/// Body of `POST /v1/event-types`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTypeRequest {
    /// `groma.custom.<plugin>.<name>`: lower-case letters, digits and `_`, at most 100 characters in all.
    pub name: String,
    /// JSON Schema (2020-12 unless it says 2019-09 or draft 7) of the data, which is an object; at most 64 KiB, without
    /// references to other documents, and containing itself nowhere.
    #[schema(value_type = Object)]
    pub schema: serde_json::Value,
    /// How its events may be delivered; `kept` unless told.
    #[serde(default)]
    pub class: EventClass,
    /// The name under which the desktop window emits it, none of Groma's own; the last part of `name` unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desktop_name: Option<String>,
    /// For people; at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A type of event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventTypeInfo {
    /// The CloudEvents type.
    pub name: String,
    /// `kept`, `latest`, `control` (no sequence) or `expanded` (not journaled).
    pub class: String,
    /// The name under which the desktop window emits it.
    pub desktop_name: String,
    /// Where the JSON Schema of its data is.
    pub schema_path: String,
    /// Whether a plugin declared it.
    pub custom: bool,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When a plugin declared it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_at: Option<Timestamp>,
}

/// Data of `GET /v1/event-types`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventTypeList {
    /// Groma's own first, then declared ones, by name.
    pub types: Vec<EventTypeInfo>,
}

/// An event to publish.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventDraft {
    /// A declared type: `groma.custom.<plugin>.<name>`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What it is about: `host/<id>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Fits the type's schema; at most 64 KiB.
    #[schema(value_type = Object)]
    pub data: Box<RawValue>,
}

/// Body of `POST /v1/events`: all are published, in order, or none.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    /// 1 to 1,000 events.
    pub events: Vec<EventDraft>,
}

/// Data of `POST /v1/events`: on disk when this is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Published {
    /// The position of each, in the order given.
    #[schema(value_type = Vec<String>)]
    pub sequences: Vec<Sequence>,
}

/// Operations on event types and published events.
#[async_trait]
pub trait EventTypeOperations {
    /// Declares a type, or widens the schema of one that is declared.
    async fn event_type_register(&self, request: EventTypeRequest) -> Result<EventTypeInfo, ApiError>;
    /// Lists all types.
    async fn event_type_list(&self) -> Result<EventTypeList, ApiError>;
    /// Returns the JSON Schema of a type's data.
    async fn event_type_schema(&self, name: String) -> Result<serde_json::Value, ApiError>;
    /// Publishes events of declared types.
    async fn event_publish(&self, request: PublishRequest) -> Result<Published, ApiError>;
}
