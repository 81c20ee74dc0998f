//! Search, SQL and the language model.

use std::time::Duration;

use async_trait::async_trait;
use groma_api::{
    ApiError, ModelInstall, ModelStatus, SearchAnswer, SearchOperations, SearchQuery, SqlAnswer, SqlQuery,
};

use crate::Client;

/// A statement may take 30 s, and its rows have to travel.
const SQL_TIMEOUT: Duration = Duration::from_secs(90);

#[async_trait]
impl SearchOperations for Client {
    async fn search(&self, query: SearchQuery) -> Result<SearchAnswer, ApiError> {
        self.request("search", &[])?.query(&query).data().await
    }

    async fn sql_query(&self, query: SqlQuery) -> Result<SqlAnswer, ApiError> {
        self.request("sql_query", &[])?.json(&query).data_within(SQL_TIMEOUT).await
    }

    async fn model_status(&self) -> Result<ModelStatus, ApiError> {
        self.request("model_status", &[])?.data().await
    }

    async fn model_install(&self, request: ModelInstall) -> Result<ModelStatus, ApiError> {
        self.request("model_install", &[])?.json(&request).data().await
    }
}
