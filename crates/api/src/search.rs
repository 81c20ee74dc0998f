//! Search by words and meaning, SQL over the inventory, and the model that meaning needs.

use async_trait::async_trait;
use groma_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{ApiError, Resource, SearchQuery};

/// What finds by meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchMeaning {
    /// The language model.
    Model,
    /// Likeness of spelling, because the model is not installed.
    Lexical,
    /// Nothing yet: the index is being loaded, words alone were looked at.
    Warming,
}

/// Why a thing is among the hits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum SearchReason {
    /// It is what was named.
    Exact {
        /// The field: `id`, `name`, `identifier`.
        field: String,
        /// Its value.
        value: String,
    },
    /// What was typed is a part of its name or an identifier.
    Fragment {
        /// The field.
        field: String,
        /// Its value.
        value: String,
    },
    /// It has the words.
    Words {
        /// The words that it has, corrected where they were misspelt.
        terms: Vec<String>,
        /// Its place among those that have some.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rank: Option<u32>,
        /// The BM25 score; greater is better.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        score: Option<f64>,
    },
    /// It means something like it.
    Meaning {
        /// Its place among the nearest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rank: Option<u32>,
        /// The cosine of the angle between the two; 1 is the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cosine: Option<f64>,
    },
}

/// A thing that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchHit {
    /// The thing.
    pub resource: Resource,
    /// Why.
    pub why: Vec<SearchReason>,
    /// What it was ranked by, from 0 to 1 within a tier; exact and partial names come before everything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
}

/// A misspelt word and what it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchCorrection {
    /// As typed.
    pub typed: String,
    /// As looked for.
    pub taken_for: String,
}

/// Data of `GET /v1/search`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SearchAnswer {
    /// The hits, best first.
    pub hits: Vec<SearchHit>,
    /// What found by meaning.
    pub meaning: SearchMeaning,
    /// What the answer lacks, for people; absent if it lacks nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Words that were taken for others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<SearchCorrection>,
    /// Things searched.
    pub searched: u64,
    /// Of these, things whose meaning is known so far.
    pub embedded: u64,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
}

/// Body of `POST /v1/query`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SqlQuery {
    /// One SELECT over the documented views (SQLite's dialect).
    pub sql: String,
    /// At most so many rows (1 to 100,000); 1,000 unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Data of `POST /v1/query`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SqlAnswer {
    /// The columns' names.
    pub columns: Vec<String>,
    /// The rows: texts, numbers, null.
    #[schema(value_type = Vec<Vec<Value>>)]
    pub rows: Vec<Vec<Value>>,
    /// Whether there are more rows than the limit let through.
    pub truncated: bool,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
}

/// Where the language model is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelState {
    /// Not installed: search by meaning falls back to likeness of spelling.
    Absent,
    /// Being fetched or converted.
    Installing,
    /// Installed and used.
    Installed,
    /// Its files are not what they should be.
    Damaged,
}

/// How far an installation is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelProgress {
    /// What is being done: `fetching`, `checking`, `converting`.
    pub phase: String,
    /// Bytes done.
    pub bytes: u64,
    /// Bytes in all, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_total: Option<u64>,
}

/// Data of `GET /v1/model`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelStatus {
    /// Where it is.
    pub state: ModelState,
    /// The embedder in use, such as `all-MiniLM-L6-v2/1` or `lexical/1`.
    pub embedder: String,
    /// Where its files are, as a path on the holder's machine.
    pub folder: String,
    /// What its files take, in bytes.
    pub bytes: u64,
    /// Things whose meaning is known.
    pub embedded: u64,
    /// Things that wait for it.
    pub queued: u64,
    /// How far an installation is that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<ModelProgress>,
    /// Why the last installation failed, or what is damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When this was read.
    pub as_of: Timestamp,
}

/// Body of `POST /v1/model/install`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelInstall {
    /// Where it comes from: an https address that has `model.safetensors` and `tokenizer.json`, or a path on the
    /// holder's machine; absent: the model's public home. Whatever it is, the contents are checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Operations on search, SQL and the model.
#[async_trait]
pub trait SearchOperations {
    /// Searches by words and meaning.
    async fn search(&self, query: SearchQuery) -> Result<SearchAnswer, ApiError>;
    /// Runs one SELECT over the documented views.
    async fn sql_query(&self, query: SqlQuery) -> Result<SqlAnswer, ApiError>;
    /// Returns where the model is.
    async fn model_status(&self) -> Result<ModelStatus, ApiError>;
    /// Starts installing the model, or says how far an installation is that runs.
    async fn model_install(&self, request: ModelInstall) -> Result<ModelStatus, ApiError>;
}
