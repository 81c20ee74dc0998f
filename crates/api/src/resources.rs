//! Things of every domain: lists, one thing, its history and relations, exports, and which slices were read.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use groma_model::change::{ChangeKind, FieldChange};
use groma_model::thing::{Constraints, Permissions, SliceState, ThingScope};
use groma_model::{SliceId, TaskId, ThingId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::ApiError;

/// A thing of the inventory, of any domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Resource {
    /// Its id.
    pub id: ThingId,
    /// Another name for it: `{account}-{region}-{resource_id}` for resources of a cloud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Its kind, such as `aws.ec2.instance` or `network.host`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub scope: ThingScope,
    /// Its state, in the domain's own word.
    pub state: String,
    /// What else it is found by, exactly: ARN, native id, addresses.
    #[serde(default)]
    pub identifiers: Vec<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Everything else that is known of it and tells a change.
    #[schema(value_type = Object)]
    pub attributes: Map<String, Value>,
    /// What was measured last and has no history, such as `response_time_ms`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub readings: Map<String, Value>,
    /// What may be done with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Permissions>,
    /// What stands against acting on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraints: Option<Constraints>,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
    /// When something about it last changed.
    pub last_changed: Timestamp,
    /// When it was found to be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// The scan that last saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<TaskId>,
    /// The slice that vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<SliceId>,
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResourceSort {
    /// By name.
    Name,
    /// By kind.
    Kind,
    /// By state.
    State,
    /// By the time of the first sight.
    FirstSeen,
    /// By the time of the last sight.
    LastSeen,
    /// By the time of the last change.
    #[default]
    LastChanged,
}

/// In which direction a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SortOrder {
    /// Smallest, oldest, A first.
    Asc,
    /// Greatest, newest, Z first.
    Desc,
}

/// Which of present and deleted things are meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Deleted {
    /// Those that are there.
    #[default]
    Exclude,
    /// All.
    Include,
    /// Those that are gone.
    Only,
}

macro_rules! resource_query {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            $($(#[$field_doc])* #[serde(default, skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,)*
            /// Kinds, separated by commas; `*` stands for anything: `aws.ec2.*`.
            #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
            pub kind: Option<String>,
            /// States, separated by commas.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub state: Option<String>,
            /// Accounts, separated by commas.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub account: Option<String>,
            /// Regions, separated by commas; `*` stands for anything: `eu-*`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub region: Option<String>,
            /// Connections by id, separated by commas.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub connection: Option<String>,
            /// Subnets, separated by commas.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub subnet: Option<String>,
            /// Tags that must all be there, separated by commas: `env=prod,team`; `*` stands for anything in a value.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub tag: Option<String>,
            /// Changed at or after this moment.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub changed_since: Option<Timestamp>,
            /// Not seen since this moment.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub seen_before: Option<Timestamp>,
            /// Which of present and deleted things; those that are there unless told.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            #[param(inline)]
            pub deleted: Option<Deleted>,
        }

        impl $name {
            /// Returns which things are asked for.
            #[must_use]
            pub fn filter(&self) -> ResourceFilter {
                ResourceFilter {
                    kind: self.kind.clone(),
                    state: self.state.clone(),
                    account: self.account.clone(),
                    region: self.region.clone(),
                    connection: self.connection.clone(),
                    subnet: self.subnet.clone(),
                    tag: self.tag.clone(),
                    changed_since: self.changed_since,
                    seen_before: self.seen_before,
                    deleted: self.deleted.unwrap_or_default(),
                }
            }
        }
    };
}

/// Which things are asked for, as the queries say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceFilter {
    /// Kinds, separated by commas.
    pub kind: Option<String>,
    /// States, separated by commas.
    pub state: Option<String>,
    /// Accounts, separated by commas.
    pub account: Option<String>,
    /// Regions, separated by commas.
    pub region: Option<String>,
    /// Connections, separated by commas.
    pub connection: Option<String>,
    /// Subnets, separated by commas.
    pub subnet: Option<String>,
    /// Tags, separated by commas.
    pub tag: Option<String>,
    /// Changed at or after this moment.
    pub changed_since: Option<Timestamp>,
    /// Not seen since this moment.
    pub seen_before: Option<Timestamp>,
    /// Which of present and deleted things.
    pub deleted: Deleted,
}

resource_query! {
    /// Query of `GET /v1/resources`.
    ResourceQuery {
        /// Only those whose name or identifiers contain this.
        q: String,
        /// What the list is sorted by; `last_changed` unless told.
        #[param(inline)]
        sort: ResourceSort,
        /// In which direction; times newest first, texts A first unless told.
        #[param(inline)]
        order: SortOrder,
        /// Whether to count by kind, state, scope and tag as well.
        facets: bool,
        /// At most so many (1 to 1,000); 100 unless told.
        #[param(minimum = 1, maximum = 1000)]
        limit: u32,
        /// Where the page before ended.
        cursor: String,
    }
}

resource_query! {
    /// Query of `GET /v1/resources/export`.
    ExportQuery {
        /// Only those whose name or identifiers contain this.
        q: String,
        /// The form: `csv`, `json` (one array) or `ndjson` (one object a line); `ndjson` unless told.
        #[param(inline)]
        format: ExportFormat,
    }
}

resource_query! {
    /// Query of `GET /v1/search`.
    SearchQuery {
        /// What is looked for, in words, or an id, an address, an ARN, a part of a name. 1 to 1,000 characters.
        q: String,
        /// Whether hits carry the figures of their ranking.
        explain: bool,
        /// At most so many (1 to 100); 20 unless told.
        #[param(minimum = 1, maximum = 100)]
        limit: u32,
    }
}

/// The form of an export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Comma-separated values (RFC 4180): the fields that every thing has, and tags and attributes as JSON.
    Csv,
    /// One array.
    Json,
    /// One object a line.
    #[default]
    Ndjson,
}

impl ExportFormat {
    /// Returns the content type.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// How often a value occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// Things that have it.
    pub count: u64,
}

/// How things are spread over the values of their fields; each counted as if it were not filtered by itself. The most
/// frequent 50 values of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Facets {
    /// By kind.
    pub kind: Vec<FacetValue>,
    /// By state.
    pub state: Vec<FacetValue>,
    /// By account.
    pub account: Vec<FacetValue>,
    /// By region.
    pub region: Vec<FacetValue>,
    /// By connection.
    pub connection: Vec<FacetValue>,
    /// By subnet.
    pub subnet: Vec<FacetValue>,
    /// By tag, for each key.
    pub tags: BTreeMap<String, Vec<FacetValue>>,
}

/// Data of `GET /v1/resources`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResourceList {
    /// The things, in order.
    pub resources: Vec<Resource>,
    /// How many fit the query in all.
    pub total: u64,
    /// Ask again with this for the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// How they are spread, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facets: Option<Facets>,
    /// The position of the journal at which this was read.
    pub sequence: String,
    /// When this was read.
    pub as_of: Timestamp,
}

/// Query of `GET /v1/resources/{id}/history`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ResourceHistoryQuery {
    /// At or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// At most so many (1 to 1,000); 100 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A change of a thing, field by field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResourceChange {
    /// When it was seen.
    pub at: Timestamp,
    /// What happened.
    pub change: ChangeKind,
    /// The scan that saw it.
    pub scan: TaskId,
    /// What was different; the whole thing where it came or went.
    pub diff: Vec<FieldChange>,
}

/// Data of `GET /v1/resources/{id}/history`, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResourceHistory {
    /// The changes.
    pub changes: Vec<ResourceChange>,
    /// Ask again with this for older ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A thing, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResourceSummary {
    /// Its id.
    pub id: ThingId,
    /// Its kind.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Its state.
    pub state: String,
}

/// Which end of a relation a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the thing that was asked about.
    Out,
    /// To it.
    In,
}

/// How two things belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Relation {
    /// How: `part_of`, `attached_to`, …
    pub kind: String,
    /// Which way.
    pub direction: Direction,
    /// The other thing's id.
    pub id: ThingId,
    /// The other thing; absent if it is not in the inventory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceSummary>,
}

/// Data of `GET /v1/resources/{id}/relations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RelationList {
    /// By direction, kind and the other's name; at most 1,000.
    pub relations: Vec<Relation>,
    /// How many there are.
    pub total: u64,
}

/// A part of the world, and how its last reading ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CoverageSlice {
    /// Its id.
    pub id: SliceId,
    /// The kind of thing.
    pub kind: String,
    /// Where.
    pub scope: ThingScope,
    /// How the last reading ended.
    pub state: SliceState,
    /// Why it is not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the last reading counted.
    pub proof: BTreeMap<String, u64>,
    /// When the last reading ended.
    pub at: Timestamp,
    /// When a reading last was complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// The scan that read it.
    pub scan: TaskId,
    /// Things for which it vouches.
    pub things: u64,
}

/// Query of `GET /v1/coverage`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CoverageQuery {
    /// Kinds, separated by commas; `*` stands for anything.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// States, separated by commas: `complete`, `denied`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// At most so many (1 to 10,000); 1,000 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 10_000)]
    pub limit: Option<u32>,
}

/// Data of `GET /v1/coverage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Coverage {
    /// The slices, latest reading first.
    pub slices: Vec<CoverageSlice>,
    /// How many there are by state.
    pub states: BTreeMap<String, u64>,
}

/// A text that comes piece by piece.
pub type TextStream = BoxStream<'static, Result<Bytes, ApiError>>;

/// Operations on things of every domain.
#[async_trait]
pub trait ResourceOperations {
    /// Lists things.
    async fn resource_list(&self, query: ResourceQuery) -> Result<ResourceList, ApiError>;
    /// Returns one thing, by id or alias; deleted ones as well.
    async fn resource_get(&self, id: String) -> Result<Resource, ApiError>;
    /// Returns what changed about a thing, newest first.
    async fn resource_history(
        &self,
        id: String,
        query: ResourceHistoryQuery,
    ) -> Result<ResourceHistory, ApiError>;
    /// Returns what a thing belongs together with.
    async fn resource_relations(&self, id: String) -> Result<RelationList, ApiError>;
    /// Streams all things that fit when it begins, each once and as it is when its turn comes.
    async fn resource_export(&self, query: ExportQuery) -> Result<TextStream, ApiError>;
    /// Lists the things of an account (document 004).
    async fn account_resources(
        &self,
        account: String,
        query: ResourceQuery,
    ) -> Result<ResourceList, ApiError>;
    /// Returns which slices were read, when and how.
    async fn coverage_list(&self, query: CoverageQuery) -> Result<Coverage, ApiError>;
}
