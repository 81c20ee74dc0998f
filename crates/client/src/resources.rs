//! Things of every domain.

use async_trait::async_trait;
use futures::StreamExt;
use groma_api::{
    ApiError, Coverage, CoverageQuery, ExportQuery, RelationList, Resource, ResourceHistory,
    ResourceHistoryQuery, ResourceList, ResourceOperations, ResourceQuery, TextStream,
};

use crate::Client;

#[async_trait]
impl ResourceOperations for Client {
    async fn resource_list(&self, query: ResourceQuery) -> Result<ResourceList, ApiError> {
        self.request("resource_list", &[])?.query(&query).data().await
    }

    async fn resource_get(&self, id: String) -> Result<Resource, ApiError> {
        self.request("resource_get", &[&id])?.data().await
    }

    async fn resource_history(
        &self,
        id: String,
        query: ResourceHistoryQuery,
    ) -> Result<ResourceHistory, ApiError> {
        self.request("resource_history", &[&id])?.query(&query).data().await
    }

    async fn resource_relations(&self, id: String) -> Result<RelationList, ApiError> {
        self.request("resource_relations", &[&id])?.data().await
    }

    async fn resource_export(&self, query: ExportQuery) -> Result<TextStream, ApiError> {
        let request = self.request("resource_export", &[])?.query(&query);
        let told = request.told();
        let body = request.send().await?.bytes_stream();
        Ok(body.map(move |piece| piece.map_err(|error| told.lost(&error))).boxed())
    }

    async fn account_resources(
        &self,
        account: String,
        query: ResourceQuery,
    ) -> Result<ResourceList, ApiError> {
        self.request("account_resources", &[&account])?.query(&query).data().await
    }

    async fn coverage_list(&self, query: CoverageQuery) -> Result<Coverage, ApiError> {
        self.request("coverage_list", &[])?.query(&query).data().await
    }
}
